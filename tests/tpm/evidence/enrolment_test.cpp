#include "tests/tpm/evidence/rising.hpp"
#include "tests/tpm/evidence/soft_tpm.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::testing;
using namespace muster::tpm;
using testing::soft_tpm;

namespace {

enrolment_session a_session() {
  return {to_bytes(as_bytes("node spki")), rising(0x10), rising(0x40), rising(0x30), rising(0)};
}

/// An agent with its TPM, and the service's state of the enrolment while it waits for the answer.
struct enrolment {
  soft_tpm tpm;
  enrolment_session session = a_session();
  crypto::secret secret{bytes(32, 0xc0)};

  bytes32 transcript() const {
    return enrolment_transcript(node_id_of(tpm.ek()), name_of(tpm.ak()), session);
  }
  crypto::digest proof() const { return enrolment_proof(secret, transcript()); }
  testing::made_quote quote(byte_view extra_data,
                            const pcr_selection& selection = enrolment_selection()) const {
    return tpm.sign(tpm.honest(extra_data, selection, testing::values_for(selection)));
  }
  result<proven_candidate> verify(byte_view proof, const testing::made_quote& quote) const {
    return verify_enrolment(tpm.checked_ek(), tpm.checked_ak(), session, secret, proof, quote.view());
  }
};

const enrolment& honest_enrolment() {
  static const enrolment one;
  return one;
}

} // namespace

TEST_CASE("transcript and proof match the protocol's test vectors") {
  auto name = from_hex("000b").value();
  append(name, rising(0xa0));
  const auto transcript = enrolment_transcript(node_id{rising(0x20)}, name, a_session());
  CHECK(to_hex(transcript) == "cd0707867aa9a55c7f384988edb361e05126f4240ad494775233a920c8732187");
  const auto key = rising(0xc0);
  CHECK(to_hex(enrolment_proof(crypto::secret{to_bytes(key)}, transcript).view())
        == "79728c20f020cc2a6f377f5404cf353c61702346bbf9a7e12bcc8eaa9421976b");
}

TEST_CASE("a machine that proves everything is a candidate") {
  const auto& e = honest_enrolment();
  const auto proven = e.verify(e.proof().view(), e.quote(e.transcript()));
  REQUIRE(proven.ok());
  CHECK(proven->id() == node_id_of(e.tpm.ek()));
  CHECK(proven->ek().area() == e.tpm.ek());
  CHECK(proven->ak().ak().area() == e.tpm.ak());
  CHECK(proven->ak().why() == ak_trust::activated);
  CHECK(proven->ak_name() == name_of(e.tpm.ak()));
  CHECK(proven->node_spki() == e.session.node_spki);
  CHECK(proven->facts_digest() == e.session.facts_digest);
  CHECK(proven->clock().reset_count == 3);

  bytes triple = e.tpm.ek().raw();
  append(triple, e.tpm.ak().raw());
  append(triple, e.session.node_spki);
  CHECK(proven->fingerprint() == crypto::sha256(triple));
}

TEST_CASE("check 02: the whole enrolment works, through a credential that the TPM opens") {
  for (const auto kind : all_ek_templates) {
    const soft_tpm tpm{kind};
    const auto ek = tpm.checked_ek();
    const auto ak = tpm.checked_ak();
    const auto session = a_session();
    const auto secret = crypto::make_secret(enrolment_secret_size);
    const auto sealed = make_credential(ek, ak.name(), secret);
    const auto opened = tpm.activate(sealed.value());
    REQUIRE(opened.has_value());
    const auto transcript = enrolment_transcript(node_id_of(tpm.ek()), ak.name(), session);
    const auto proof = enrolment_proof(crypto::secret{*opened}, transcript);
    const auto selection = enrolment_selection();
    const auto quote = tpm.sign(tpm.honest(transcript, selection, testing::values_for(selection)));
    CHECK(verify_enrolment(ek, ak, session, secret, proof.view(), quote.view()).ok());
  }
}

TEST_CASE("check 02: a proof that does not verify is refused, whatever the quote") {
  const auto& e = honest_enrolment();
  const auto quote = e.quote(e.transcript());
  const auto proof = to_bytes(e.proof().view());
  for (std::size_t i = 0; i < proof.size(); ++i) {
    auto changed = proof;
    changed[i] ^= 1;
    CHECK(e.verify(changed, quote).fault().code == errc::mismatch);
  }
  CHECK(e.verify({}, quote).fault().code == errc::mismatch);
  CHECK(e.verify(byte_view{proof}.first(16), quote).fault().code == errc::mismatch);
  const crypto::secret guessed{bytes(32, 0xc1)};
  CHECK(e.verify(enrolment_proof(guessed, e.transcript()).view(), quote).fault().code == errc::mismatch);
}

TEST_CASE("check 02: a secret that could be guessed makes no machine trusted") {
  const auto& e = honest_enrolment();
  for (const std::size_t length : {0U, 16U, 31U}) {
    const crypto::secret weak{bytes(length, 1)};
    const auto proof = enrolment_proof(weak, e.transcript());
    const auto trusted = trust_activated_ak(e.tpm.checked_ak(), weak, e.transcript(), proof.view());
    CHECK(trusted.fault().code == errc::internal);
  }
}

TEST_CASE("check 02: an answer for another session is refused, whichever part differs") {
  const auto& e = honest_enrolment();
  struct row {
    const char* what;
    void (*change)(enrolment_session&);
  };
  const row rows[]{
      {"node key", [](enrolment_session& s) { s.node_spki.push_back(0); }},
      {"service key", [](enrolment_session& s) { s.service_spki[31] ^= 1; }},
      {"channel", [](enrolment_session& s) { s.exporter[0] ^= 1; }},
      {"facts", [](enrolment_session& s) { s.facts_digest[0] ^= 1; }},
      {"nonce", [](enrolment_session& s) { s.nonce[16] ^= 1; }},
  };
  for (const auto& r : rows) {
    CAPTURE(r.what);
    auto other = a_session();
    r.change(other);
    const auto verified = verify_enrolment(e.tpm.checked_ek(), e.tpm.checked_ak(), other, e.secret,
                                           e.proof().view(), e.quote(e.transcript()).view());
    CHECK(verified.fault().check == "ak: the proof of activation does not verify");
  }
}

TEST_CASE("check 02: a proof for one EK or AK does not enrol another") {
  const auto& e = honest_enrolment();
  const soft_tpm other;
  const auto quote = e.quote(e.transcript());
  CHECK_FALSE(verify_enrolment(other.checked_ek(), e.tpm.checked_ak(), e.session, e.secret, e.proof().view(),
                               quote.view())
                  .ok());
  CHECK_FALSE(verify_enrolment(e.tpm.checked_ek(), other.checked_ak(), e.session, e.secret, e.proof().view(),
                               quote.view())
                  .ok());
}

TEST_CASE(
    "the quote of an enrolment is by the new AK, of this transcript, over sha256:0, in the right hierarchy") {
  const auto& e = honest_enrolment();
  const auto proof = e.proof();
  const soft_tpm other;
  const auto selection = enrolment_selection();
  const auto transcript = e.transcript();
  CHECK(to_string(selection) == "sha256:0");

  const auto by_other = other.sign(other.honest(transcript, selection, testing::values_for(selection)));
  CHECK(e.verify(proof.view(), by_other).fault().code == errc::mismatch);
  CHECK(e.verify(proof.view(), e.quote(bytes(32, 1))).fault().code == errc::mismatch);
  pcr_selection wider;
  REQUIRE(wider.add(hash_algorithm::sha256, pcr_mask(0, 1)).ok());
  CHECK(e.verify(proof.view(), e.quote(transcript, wider)).fault().code == errc::mismatch);
  auto fields = e.tpm.honest(transcript, selection, testing::values_for(selection));
  fields.qualified_signer.back() ^= 1;
  CHECK(e.verify(proof.view(), e.tpm.sign(fields)).fault().code == errc::denied);
}

TEST_CASE("a fingerprint covers EK, AK and node key") {
  const soft_tpm one;
  const soft_tpm other;
  const auto spki = as_bytes("node spki");
  const auto print = enrolment_fingerprint(one.ek(), one.ak(), spki);
  CHECK(print != enrolment_fingerprint(other.ek(), one.ak(), spki));
  CHECK(print != enrolment_fingerprint(one.ek(), other.ak(), spki));
  CHECK(print != enrolment_fingerprint(one.ek(), one.ak(), as_bytes("another")));
}
