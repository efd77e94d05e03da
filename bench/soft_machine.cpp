#include "bench/soft_machine.hpp"

#include "bench/signature_verify.hpp"
#include "crypto/ecdsa_signature.hpp"
#include "lab/files.hpp"
#include "tpm/evidence/boot_replay.hpp"
#include "tpm/evidence/ima_replay.hpp"
#include "tpm/evidence/kdf.hpp"
#include "tpm/format/templates.hpp"

namespace muster::bench {

namespace {

constexpr std::string_view identity = "IDENTITY";
constexpr std::size_t field = 32; // of P-256

/// The public area of `key`: a template with the key's point in the unique field.
result<tpm::public_area> area_of(const bytes& key_template, const crypto::public_key& key) {
  const auto plan = tpm::parse_public_area(key_template);
  if (!plan) return plan.fault();
  const auto point = crypto::point_of(key);
  if (!point) return point.fault();
  return tpm::parse_public_area(
      writer{}.put(plan->template_part()).sized16(point->x).sized16(point->y).take());
}

/// The same with the modulus.
result<tpm::public_area> rsa_area_of(const bytes& key_template, const crypto::private_key& key) {
  const auto plan = tpm::parse_public_area(key_template);
  if (!plan) return plan.fault();
  return tpm::parse_public_area(writer{}.put(plan->template_part()).sized16(modulus_of(key)).take());
}

fault not_ours() { return {errc::mismatch, "activate: the credential was not made for this EK and AK"}; }

/// TPM 2.0 Part 1, C.6.4, from the side of the static key.
result<crypto::secret> seed_of(const crypto::private_key& ek, hash_algorithm hash, byte_view sealed) {
  cursor in{sealed};
  const auto x = in.take(in.u16_be());
  const auto y = in.take(in.u16_be());
  if (!in.done()) return not_ours();
  const auto peer = crypto::public_key::from_ec_point(crypto::curve::p256, x, y);
  if (!peer) return peer.fault();
  const auto z = ek.derive(*peer);
  if (!z) return z.fault();
  const auto own = crypto::point_of(ek.pub());
  if (!own) return own.fault();
  return tpm::kdfe(hash, *z, identity, x, own->x, static_cast<std::uint32_t>(8 * digest_size(hash)));
}

result<tpm::pcr_values> replay(const bytes& boot_log, const bytes& ima_log, std::uint64_t& entries) {
  const auto events = tpm::parse_event_log(boot_log);
  if (!events) return events.fault();
  const auto selection = routine_selection();
  const auto start = tpm::first_log_state(selection);
  if (!start) return start.fault();
  auto ima = tpm::ima_replay::begin(*start, selection);
  if (!ima) return ima.fault();
  tpm::ima_log_reader reader;
  tpm::ima_entry entry;
  for (byte_view rest{ima_log}; !rest.empty();) {
    const auto taken = reader.read(rest, entry);
    if (!taken) return taken.fault();
    if (*taken == 0) return fault{errc::malformed, "IMA log: the last entry is cut"};
    if (auto done = ima->extend(entry); !done) return done.fault();
    rest = rest.subspan(*taken);
  }
  entries = ima->entries();
  auto out = tpm::values_after(&*events, selection);
  if (!out) return out;
  for (const auto& lane : ima->lanes())
    for (unsigned i = 0; i < tpm::pcr_count; ++i)
      if ((ima->ima_pcrs() >> i & 1U) != 0)
        if (auto set = out->set(lane.bank, i, lane.values[i].view()); !set) return set.fault();
  return out;
}

} // namespace

tpm::pcr_selection routine_selection() {
  tpm::pcr_selection out;
  (void)out.add(hash_algorithm::sha256, tpm::pcr_mask(0, 14));
  return out;
}

result<measured_software> load_software(const std::filesystem::path& folder) {
  measured_software out;
  auto boot = lab::read_file(folder / "binary_bios_measurements");
  if (!boot) return boot.fault();
  auto ima = lab::read_file(folder / "binary_runtime_measurements");
  if (!ima) return ima.fault();
  out.boot_log = std::move(*boot);
  out.ima_log = std::move(*ima);
  auto values = replay(out.boot_log, out.ima_log, out.ima_entries);
  if (!values) return values.fault();
  out.pcrs = *values;
  return out;
}

soft_machine::soft_machine(crypto::private_key ek, crypto::private_key ak, tpm::public_area ek_area,
                           tpm::ak_public ak_public)
    : ek_{std::move(ek)}, ak_key_{std::move(ak)}, tls_key_{crypto::private_key::make_ec(crypto::curve::p256)},
      ek_area_{std::move(ek_area)}, ak_{std::move(ak_public)} {
  const auto random = crypto::make_nonce();
  std::copy_n(random.begin(), boot_.raw.size(), boot_.raw.begin());
}

result<soft_machine> soft_machine::make(const lab::vendor& vendor, crypto::private_key ak) {
  return make([&](byte_view area) { return vendor.certify(area); }, std::move(ak));
}

result<soft_machine> soft_machine::make(const certifier& maker, crypto::private_key ak) {
  auto ek = crypto::private_key::make_ec(crypto::curve::p256);
  auto ek_area = area_of(tpm::template_of(tpm::ek_template::l2_p256), ek.pub());
  if (!ek_area) return ek_area.fault();
  auto ak_area = ak.pub().is_rsa() ? rsa_area_of(tpm::template_of(tpm::ak_template::rsa2048_rsassa), ak)
                                   : area_of(tpm::template_of(tpm::ak_template::p256_ecdsa), ak.pub());
  if (!ak_area) return ak_area.fault();
  auto ak_public = tpm::verify_ak_form(std::move(*ak_area));
  if (!ak_public) return ak_public.fault();
  soft_machine out{std::move(ek), std::move(ak), std::move(*ek_area), std::move(*ak_public)};
  auto certificate = maker(out.ek_area_.raw());
  if (!certificate) return certificate.fault();
  out.ek_certificate_ = std::move(*certificate);
  return out;
}

result<crypto::secret> soft_machine::activate(const tpm::credential& sealed) const {
  const auto hash = ek_area_.name_algorithm();
  const auto bits = static_cast<std::uint32_t>(8 * digest_size(hash));
  const auto seed = seed_of(ek_, hash, sealed.encrypted_secret);
  if (!seed) return seed.fault();
  cursor in{sealed.id_object};
  const auto integrity = in.take(in.u16_be());
  const auto encrypted = in.rest();
  const auto outer = tpm::kdfa(hash, seed->view(), "INTEGRITY", {}, {}, bits);
  if (!crypto::equal_constant_time(integrity,
                                   crypto::hmac(hash, outer.view(), {encrypted, ak_.name()}).view()))
    return not_ours();
  const auto inner = tpm::kdfa(hash, seed->view(), "STORAGE", ak_.name(), {}, ek_area_.symmetric()->key_bits);
  const auto plain = crypto::decrypt_aes_cfb(inner.view(), encrypted);
  if (!plain) return plain.fault();
  cursor value{*plain};
  const auto out = value.take(value.u16_be());
  if (!value.done()) return not_ours();
  return crypto::secret{to_bytes(out)};
}

result<soft_machine::quote> soft_machine::sign_quote(byte_view extra_data,
                                                     const tpm::pcr_selection& selection,
                                                     const tpm::pcr_values& values) {
  constexpr std::uint64_t firmware = 0x20191023;
  clock_.clock += 10;
  // TPMS_ATTEST (TPM 2.0 Part 2, 10.12.8)
  writer out;
  out.u32_be(tpm::tpm_generated_value).u16_be(tpm::attest_quote_tag);
  out.sized16(tpm::endorsement_qualified_name(ak_)).sized16(extra_data);
  out.u64_be(clock_.clock).u32_be(clock_.reset_count).u32_be(clock_.restart_count).u8(clock_.safe ? 1 : 0);
  out.u64_be(firmware);
  tpm::write_pcr_selection(out, selection);
  out.sized16(tpm::digest_of(values, selection, hash_algorithm::sha256).view());
  quote made{out.take(), {}};

  const auto raw = ak_key_.sign(hash_algorithm::sha256, made.attest);
  if (!raw) return raw.fault();
  // TPMT_SIGNATURE (TPM 2.0 Part 2, 11.3.4)
  writer signature;
  if (ak_key_.pub().is_rsa()) {
    signature.u16_be(static_cast<std::uint16_t>(tpm::signature_algorithm::rsassa));
    signature.u16_be(static_cast<std::uint16_t>(hash_algorithm::sha256)).sized16(*raw);
    made.signature = signature.take();
    return made;
  }
  const auto fixed = crypto::ecdsa_to_fixed(*raw, field);
  if (!fixed) return fixed.fault();
  signature.u16_be(static_cast<std::uint16_t>(tpm::signature_algorithm::ecdsa));
  signature.u16_be(static_cast<std::uint16_t>(hash_algorithm::sha256));
  signature.sized16(byte_view{*fixed}.first(field)).sized16(byte_view{*fixed}.subspan(field));
  made.signature = signature.take();
  return made;
}

} // namespace muster::bench
