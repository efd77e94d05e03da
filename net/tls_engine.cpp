#include "net/tls_engine.hpp"

#include "net/tls_state.hpp"

namespace muster::net {

namespace {

/// The buffers that our BIO reads from and writes to. OpenSSL's memory BIO would copy everything once more.
struct wire {
  byte_view in;
  bytes out;
  /// Bytes of ciphertext that the handshake may still read; not counted afterwards.
  std::size_t handshake_budget = tls_engine::max_handshake;
  bool handshaking = true;
  bool over_budget = false;
};

int read_wire(BIO* bio, char* to, std::size_t wanted, std::size_t* got) {
  auto& w = *static_cast<wire*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  auto n = std::min(wanted, w.in.size());
  if (w.handshaking) {
    w.over_budget = n > w.handshake_budget;
    n = std::min(n, w.handshake_budget);
    w.handshake_budget -= n;
  }
  if (n == 0) {
    BIO_set_retry_read(bio);
    return 0;
  }
  std::ranges::copy(w.in.first(n), to);
  w.in = w.in.subspan(n);
  *got = n;
  return 1;
}

int write_wire(BIO* bio, const char* from, std::size_t n, std::size_t* put) {
  append(static_cast<wire*>(BIO_get_data(bio))->out, as_bytes({from, n}));
  *put = n;
  return 1;
}

long control_wire(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

const BIO_METHOD* wire_method() {
  static const BIO_METHOD* const method = [] {
    auto* m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "wire");
    BIO_meth_set_read_ex(m, read_wire);
    BIO_meth_set_write_ex(m, write_wire);
    BIO_meth_set_ctrl(m, control_wire);
    return m;
  }();
  return method;
}

/// The fault for OpenSSL's error queue. Its text is OpenSSL's own and contains nothing from the peer.
fault fault_of_queue() {
  const auto error = ERR_peek_error();
  ERR_clear_error();
  const auto* words = ERR_reason_error_string(error);
  const std::string text = words != nullptr ? words : "broken off";
  const int reason = ERR_GET_REASON(error);
  if (reason >= SSL_AD_REASON_OFFSET) return {errc::denied, "tls: the peer refused: " + text};
  switch (reason) {
  case SSL_R_UNSUPPORTED_PROTOCOL:
  case SSL_R_UNKNOWN_PROTOCOL:
  case SSL_R_NO_SHARED_CIPHER:
  case SSL_R_NO_SUITABLE_KEY_SHARE:
  case SSL_R_NO_SHARED_GROUPS: return {errc::unsupported, "tls: " + text};
  case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE: return {errc::untrusted, "tls: " + text};
  default: return {errc::malformed, "tls: " + text};
  }
}

} // namespace

class tls_engine::session {
public:
  session(std::shared_ptr<const void> context, SSL_CTX* ctx, const bytes& own_spki)
      : context_{std::move(context)}, own_spki_{&own_spki}, ssl_{SSL_new(ctx)} {
    auto* bio = BIO_new(wire_method());
    BIO_set_data(bio, &wire_);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl_.get(), bio, bio); // one BIO for both directions: SSL frees the one reference
    SSL_set_app_data(ssl_.get(), &notes_);
  }

  status feed(byte_view ciphertext, bytes& plaintext) {
    if (phase_ == phase::closed) return fault{errc::conflict, "tls: closed"};
    wire_.in = ciphertext;
    auto outcome = phase_ == phase::handshaking ? shake_hands() : status{};
    if (outcome && phase_ == phase::open) outcome = read_into(plaintext);
    wire_.in = {};
    if (!outcome) phase_ = phase::closed;
    return outcome;
  }

  status write(byte_view plaintext) {
    if (phase_ != phase::open) return fault{errc::conflict, "tls: not open"};
    ERR_clear_error();
    std::size_t put = 0;
    if (plaintext.empty() || SSL_write_ex(ssl_.get(), plaintext.data(), plaintext.size(), &put) == 1)
      return {};
    phase_ = phase::closed;
    return fault_of_queue();
  }

  void close() {
    if (phase_ == phase::open) {
      ERR_clear_error();
      SSL_shutdown(ssl_.get());
      ERR_clear_error();
    }
    phase_ = phase::closed;
  }

  void accept() { SSL_set_accept_state(ssl_.get()); }
  void connect() {
    SSL_set_connect_state(ssl_.get());
    (void)shake_hands(); // only writes the hello, since there is nothing to read yet
  }

  bytes take_output() { return std::exchange(wire_.out, {}); }
  phase state() const noexcept { return phase_; }
  const tls_peer& peer() const noexcept { return peer_; }
  const bytes32& exporter() const noexcept { return exporter_; }
  const bytes& own_spki() const noexcept { return *own_spki_; }

private:
  status shake_hands() {
    ERR_clear_error();
    const int done = SSL_do_handshake(ssl_.get());
    if (done == 1) return finish();
    if (wire_.over_budget) return fault{errc::limit, "tls: the handshake is too long"};
    if (SSL_get_error(ssl_.get(), done) == SSL_ERROR_WANT_READ) return {};
    auto why = fault_of_queue();
    return notes_.refusal ? *notes_.refusal : std::move(why);
  }

  /// The handshake is done: reads who the peer is, once.
  status finish() {
    wire_.handshaking = false;
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl_.get(), &name, &size);
    const auto protocol = tls_protocol_from(as_text({name, size}));
    auto* certificate = SSL_get0_peer_certificate(ssl_.get());
    // The callbacks and the context have ensured all of this. It is checked again here, where it matters.
    if (!protocol || certificate == nullptr || SSL_version(ssl_.get()) != TLS1_3_VERSION
        || SSL_get_verify_result(ssl_.get()) != X509_V_OK || SSL_session_reused(ssl_.get()) != 0)
      return fault{errc::denied, "tls: the handshake did not agree on version, cipher and group"};
    peer_.protocol = *protocol;
    peer_.role = notes_.role;
    peer_.spki = spki_of(*certificate);
    if (notes_.chain) {
      const auto& fields = notes_.chain->leaf().fields();
      peer_.id = notes_.chain->id();
      peer_.serial = fields.serial;
      peer_.issuer = fields.issuer;
      peer_.not_after = fields.not_after;
      if (notes_.role == peer_role::service)
        peer_.chain.assign(notes_.chain->certificates().begin(), notes_.chain->certificates().end());
      notes_.chain.reset(); // an open channel no longer needs it
    }
    constexpr std::string_view label = "EXPORTER-Channel-Binding"; // RFC 9266
    const unsigned char no_context = 0;
    if (peer_.spki.empty()
        || SSL_export_keying_material(ssl_.get(), exporter_.data(), exporter_.size(), label.data(),
                                      label.size(), &no_context, 0, 1)
               != 1)
      return fault{errc::internal, "tls: no exporter"};
    phase_ = phase::open;
    return {};
  }

  status read_into(bytes& plaintext) {
    std::array<std::uint8_t, 16 * 1024> piece; // a record's worth
    const auto before = plaintext.size();
    while (true) {
      std::size_t n = 0;
      ERR_clear_error();
      const int done = SSL_read_ex(ssl_.get(), piece.data(), piece.size(), &n);
      if (done == 1) {
        append(plaintext, byte_view{piece}.first(n));
        continue;
      }
      switch (SSL_get_error(ssl_.get(), done)) {
      case SSL_ERROR_WANT_READ: return {};
      case SSL_ERROR_ZERO_RETURN: close(); return {};
      default: plaintext.resize(before); return fault_of_queue();
      }
    }
  }

  std::shared_ptr<const void> context_; // the callbacks point into it; outlives ssl_
  const bytes* own_spki_;
  wire wire_;
  handshake_notes notes_;
  ssl_ptr ssl_;
  phase phase_ = phase::handshaking;
  tls_peer peer_;
  bytes32 exporter_{};
};

tls_engine tls_engine::accept(const server_tls& with) {
  const auto& s = with.shared();
  auto made = std::make_unique<session>(s, s->front.get(), s->own_spki);
  made->accept();
  return tls_engine{std::move(made)};
}

tls_engine tls_engine::connect(const client_tls& with) {
  const auto& s = with.shared();
  auto made = std::make_unique<session>(s, s->ctx.get(), s->own_spki);
  made->connect();
  return tls_engine{std::move(made)};
}

tls_engine::tls_engine(std::unique_ptr<session> s) noexcept : session_{std::move(s)} {}
tls_engine::~tls_engine() = default;
tls_engine::tls_engine(tls_engine&&) noexcept = default;
tls_engine& tls_engine::operator=(tls_engine&&) noexcept = default;

status tls_engine::feed(byte_view ciphertext, bytes& plaintext) {
  return session_->feed(ciphertext, plaintext);
}
status tls_engine::write(byte_view plaintext) { return session_->write(plaintext); }
void tls_engine::close() { session_->close(); }
bytes tls_engine::take_output() { return session_->take_output(); }
tls_engine::phase tls_engine::state() const noexcept { return session_->state(); }
const tls_peer& tls_engine::peer() const noexcept { return session_->peer(); }
const bytes32& tls_engine::exporter() const noexcept { return session_->exporter(); }
const bytes& tls_engine::own_spki() const noexcept { return session_->own_spki(); }

} // namespace muster::net
