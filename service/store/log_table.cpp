#include "service/store/log_table.hpp"

#include "crypto/digest.hpp"
#include "service/store/use_table.hpp"

namespace muster::service {
namespace {

/// A piece is extended up to this size: with its header it still shares a database page with others.
constexpr std::size_t extended_piece = appraisal::small_log_piece;

store_key key_of(const node_id& id, std::uint32_t log, std::uint32_t index) noexcept {
  return store_key{id, std::uint64_t{log} << 32U | index};
}

/// A record of the table, as values.
struct stored_piece {
  log_piece_kind kind = log_piece_kind::ima;
  std::optional<content_address> address;
  bytes body;
};

result<stored_piece> piece_from(byte_view content) {
  const auto parsed = parse_view<records::LogPart>(frame::copy_of(content));
  if (!parsed) return parsed.fault();
  return parsed->read([](records::LogPart::Reader in) -> result<stored_piece> {
    stored_piece out;
    if (in.getKind() > static_cast<std::uint8_t>(log_piece_kind::ima))
      return fault{errc::malformed, "store: a piece of an unknown log"};
    out.kind = static_cast<log_piece_kind>(in.getKind());
    const auto address = bytes_of(in.getAddress());
    if (!address.empty() && address.size() != bytes32{}.size())
      return fault{errc::malformed, "store: the address of a log's piece has the wrong length"};
    if (!address.empty()) std::ranges::copy(address, out.address.emplace().raw.begin());
    out.body = to_bytes(bytes_of(in.getBody()));
    return out;
  });
}

class log_writer {
public:
  log_writer(const environment& env, const transaction& in, const node_id& id, std::uint32_t log) noexcept
      : env_{env}, in_{in}, id_{id}, log_{log} {}

  /// Finds the end of the log so far.
  status find_end() {
    auto cursor = table_cursor::open(env_, in_, store_table::log_parts);
    if (!cursor) return cursor.fault();
    auto more = cursor->seek(key_of(id_, log_, ~std::uint32_t{0}).view());
    if (more) more = cursor->move(*more ? MDB_PREV : MDB_LAST);
    if (!more) return more.fault();
    const auto first = key_of(id_, log_, 0);
    const std::size_t same_log = first.view().size() - sizeof(std::uint32_t);
    if (!*more || !same(cursor->key().first(same_log), first.view().first(same_log))) return {};
    std::uint32_t index = 0;
    for (const auto byte : cursor->key().subspan(same_log))
      index = index << 8U | byte;
    next_ = index + 1;
    const auto content = find_record(env_, in_, store_table::log_parts, key_of(id_, log_, index).view());
    if (!content) return content.fault();
    auto last = piece_from(*content);
    if (!last) return last.fault();
    if (last->kind == log_piece_kind::ima && !last->address) tail_ = std::move(last->body);
    return {};
  }

  status add(log_piece_kind kind, const std::optional<content_address>& address, byte_view body) {
    const bool extends = kind == log_piece_kind::ima && !address && !tail_.empty()
                         && tail_.size() + body.size() <= extended_piece;
    if (extends) {
      append(tail_, body);
      return put(next_ - 1, kind, {}, tail_);
    }
    tail_ = kind == log_piece_kind::ima && !address ? to_bytes(body) : bytes{};
    if (address) {
      if (auto used = add_use(env_, in_, store_table::blobs, *address, body); !used) return used;
      return put(next_++, kind, address, {});
    }
    return put(next_++, kind, {}, body);
  }

private:
  status put(std::uint32_t index, log_piece_kind kind, const std::optional<content_address>& address,
             byte_view body) {
    const auto content = make_record<records::LogPart>([&](records::LogPart::Builder out) {
      out.setKind(static_cast<std::uint8_t>(kind));
      if (address) out.setAddress(data_of(address->raw));
      out.setBody(data_of(body));
    });
    return put_record(env_, in_, store_table::log_parts, key_of(id_, log_, index).view(), content.content());
  }

  const environment& env_;
  const transaction& in_;
  const node_id& id_;
  std::uint32_t log_;
  std::uint32_t next_ = 0;
  bytes tail_; // body of the newest piece, if that can be extended
};

} // namespace

status append_log(const environment& env, const transaction& in, const node_id& id, std::uint32_t log,
                  const std::optional<frame>& boot, const std::vector<appraisal::log_piece>& ima) {
  log_writer out{env, in, id, log};
  if (auto found = out.find_end(); !found) return found;
  if (boot) {
    const content_address address{crypto::sha256(boot->view())};
    if (auto added = out.add(log_piece_kind::boot, address, boot->view()); !added) return added;
  }
  for (const auto& piece : ima) {
    const auto address = piece.address ? std::optional{content_address{*piece.address}} : std::nullopt;
    if (auto added = out.add(log_piece_kind::ima, address, piece.body.view()); !added) return added;
  }
  return {};
}

status clear_log(const environment& env, const transaction& in, const node_id& id, std::uint32_t log) {
  for (std::uint32_t index = 0;; ++index) {
    const auto key = key_of(id, log, index);
    const auto content = find_record(env, in, store_table::log_parts, key.view());
    if (!content && content.fault().code == errc::not_found) return {};
    // A damaged piece does not show what it refers to; the count of that content stays as it is.
    const auto piece = content ? piece_from(*content) : result<stored_piece>{content.fault()};
    if (piece && piece->address)
      if (auto dropped = drop_use(env, in, *piece->address); !dropped) return dropped;
    if (auto erased = erase_record(env, in, store_table::log_parts, key.view()); !erased) return erased;
  }
}

result<std::optional<kept_log_piece>> log_piece_of(const environment& env, const transaction& in,
                                                   const node_id& id, std::uint32_t log,
                                                   std::uint32_t index) {
  const auto content = find_record(env, in, store_table::log_parts, key_of(id, log, index).view());
  if (!content && content.fault().code == errc::not_found) return std::optional<kept_log_piece>{};
  if (!content) return content.fault();
  auto piece = piece_from(*content);
  if (!piece) return piece.fault();
  if (!piece->address)
    return std::optional{kept_log_piece{piece->kind, frame::adopt(std::move(piece->body))}};
  const auto blob = find_record(env, in, store_table::blobs, piece->address->raw);
  if (!blob) return blob.fault();
  return std::optional{kept_log_piece{piece->kind, frame::copy_of(*blob)}};
}

} // namespace muster::service
