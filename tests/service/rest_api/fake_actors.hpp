// The actors that a REST server asks, with the replies that a test wants.
#pragma once

#include "tests/service/rest_api/fake_fleet.hpp"

#include <caf/all.hpp>

namespace muster::service::rest_test {

inline rest_answer list(const fleet& known, const node_query& query) {
  auto machines = known.machines();
  std::ranges::sort(machines, {}, &machine::id);
  std::erase_if(machines, [&](const machine& one) {
    return (!query.shown.empty() && one.shown != query.shown)
           || (!query.group.empty() && one.group != query.group)
           || (!query.after.empty() && to_string(one.id) <= query.after);
  });
  const bool more = machines.size() > query.limit;
  if (more) machines.resize(query.limit);
  return frame::adopt(build<rest::NodeList>([&](rest::NodeList::Builder out) {
    auto rows = out.initNodes(static_cast<unsigned>(machines.size()));
    for (unsigned i = 0; i < machines.size(); ++i)
      put(rows[i], machines[i]);
    if (more) out.setNext(text_of(to_string(machines.back().id)));
    out.setRolledBack(known.rolled_back);
  }));
}

constexpr std::uint64_t fake_log_size = 120;

inline rest_answer fake_log(const fleet& known, const log_query& query) {
  const auto first = query.after ? *query.after + 1 : 0;
  const auto n = std::min<std::uint64_t>(query.limit, fake_log_size - std::min(first, fake_log_size));
  if (query.what == log_query::kind::heads)
    return frame::adopt(build<rest::LogHeads>([&](rest::LogHeads::Builder out) {
      if (query.after) return;
      out.initHeads(1)[0].setSize(fake_log_size);
      out.setNext("120");
    }));
  return frame::adopt(build<rest::LogPage>([&](rest::LogPage::Builder out) {
    auto entries = out.initEntries(static_cast<unsigned>(n));
    for (unsigned i = 0; i < n; ++i) {
      entries[i].setLeaf(first + i);
      entries[i].setSequence(first + i + 1);
      entries[i].setAction("verdict");
      entries[i].setRecord("00ff");
    }
    if (n == query.limit) out.setNext(text_of(std::to_string(first + n - 1)));
    (void)known;
  }));
}

/// For the name "broken", Cache replies with bytes that are not a message.
inline cache_actor::behavior_type fake_cache(cache_actor::pointer, fleet_ptr known) {
  return {
      [known](const node_query& query) { return list(*known, query); },
      [known](show_atom, const node_id& id) -> rest_answer {
        for (const auto& one : known->machines())
          if (one.id == id)
            return one.name == "broken" ? frame::copy_of(as_bytes("nonsense")) : detail_of(one);
        return fault{errc::not_found, "node: no such node"};
      },
      [known](resolve_atom, const std::string& meant) -> resolved_node {
        for (const auto& one : known->machines())
          if (one.name == meant || to_string(one.id).starts_with(meant)) return one.id;
        return fault{errc::not_found, "node: no such name, id or beginning of an id"};
      },
      [known](const log_query& query) { return fake_log(*known, query); },
      [known](log_atom) -> rest_answer {
        return frame::adopt(build<rest::LogStatus>([&](rest::LogStatus::Builder out) {
          out.setSize(fake_log_size);
          out.setRolledBack(known->rolled_back);
          if (!known->rolled_back) return;
          auto alarm = out.initAlarms(1)[0];
          alarm.setSize(50);
          alarm.setRoot(text_of(std::string(64, 'b')));
          alarm.setFrom("node ab");
        }));
      },
      // Every second record is a leaf; records past the log are unknown.
      [](log_atom, sequence at) -> result<log_number> {
        if (at.value > fake_log_size) return fault{errc::not_found, "log: there is no record up to this one"};
        return log_number{at.value / 2};
      },
      [](const node_presence&) {},
      [](const missing_verdict&) {},
  };
}

/// A command to "silent", or its revocation, waits until the test releases it; a command to "away" expires. A
/// fingerprint that begins with aa is right.
inline trust_mgr_actor::behavior_type fake_trust_mgr(trust_mgr_actor::pointer self, fleet_ptr known) {
  const auto name_of = [known](const node_id& id) {
    for (const auto& one : known->machines())
      if (one.id == id) return one.name;
    return to_string(id);
  };
  return {
      [](const proven_machine&) -> admission_reply { return admission_answer{}; },
      [](const attach_request&) -> attach_reply {
        return fault{errc::internal, "fake"};
      },
      [](const detached_session&) {},
      [](const decision_request&) -> decision_reply {
        return fault{errc::internal, "fake"};
      },
      [](const command_report&) {},
      [=](const command_request& order) -> caf::result<command_reply> {
        const auto name = name_of(order.node);
        known->note(std::string{to_string(order.kind)} + " " + name + " within "
                    + std::to_string(order.within.count()) + " by " + order.by);
        if (name == "silent") {
          auto promise = self->make_response_promise<command_reply>();
          known->keep(promise);
          return promise;
        }
        if (name == "is-revoked" || name == "is-pending")
          return fault{errc::conflict, "node: nothing is asked of this machine"};
        if (name == "away")
          return command_reply{command_result{{8}, command_outcome::expired, "no beat came in time"}};
        return command_reply{command_result{{7}, command_outcome::done, ""}};
      },
      [=](const approval& in) -> change_reply {
        known->note("approve " + name_of(in.node) + " group " + in.group + " name " + in.name + " by "
                    + in.by);
        if (in.fingerprint.empty() || in.fingerprint[0] != 0xaa)
          return fault{errc::mismatch, "approve: the fingerprint is another one"};
        return sequence{41};
      },
      [=](const join_token_order& in) -> made_join_reply {
        known->note("join token for " + in.group + " uses " + std::to_string(in.uses) + " label " + in.label
                    + " by " + in.by);
        if (in.group == "full") return fault{errc::limit, "join token: 256 are in use"};
        const auto token = std::make_shared<const crypto::secret>(bytes(32, 0xab));
        return made_join_token{new_join_token(in, join_token_digest(token->view()), {1000}, 0), token};
      },
      [=](const join_token_end& in) -> change_reply {
        known->note("end of join token " + in.id + " by " + in.by);
        if (in.id == std::string(16, '0'))
          return fault{errc::not_found, "join token: there is none with this id"};
        return sequence{46};
      },
      [](list_atom) {
        join_register all;
        all.settle(new_join_token({"web", "rack 7", 3}, bytes32{0xcd}, {1000}, 0));
        all.note(node_id{bytes32{1}}, {bytes32{0xcd}, {2000}});
        return join_tokens_shown{all.lines({3000}, 0), 5, {{"192.0.2.1", 5}}};
      },
      [](const second_host&) {},
      [](const missing_evidence&) {},
      [=](const alarm_acknowledgement& in) -> change_reply {
        const auto& [id, by] = in;
        known->note("acknowledge " + name_of(id) + " by " + by);
        return sequence{45};
      },
      [=](const revocation& in) -> caf::result<change_reply> {
        const auto& [id, reason, by] = in;
        known->note("revoke " + name_of(id) + " because " + reason + " by " + by);
        if (name_of(id) == "silent") {
          auto promise = self->make_response_promise<change_reply>();
          known->keep_change(promise);
          return promise;
        }
        return change_reply{sequence{42}};
      },
      [=](const removal& in) -> change_reply {
        const auto& [id, by] = in;
        known->note("forget " + name_of(id) + " by " + by);
        return sequence{43};
      },
      [=](const naming& in) -> change_reply {
        const auto& [id, name, by] = in;
        known->note("name " + name_of(id) + " " + name + " by " + by);
        if (name == "taken") return fault{errc::conflict, "name: another node has it"};
        return sequence{44};
      },
      [=](const group_move& in) -> change_reply {
        const auto& [id, group, by] = in;
        known->note("group " + name_of(id) + " " + group + " by " + by);
        return sequence{47};
      },
      [](context_atom, const context_ptr&) {},
      [](tick_atom) {},
      [](reappraise_atom) {},
      [](stop_atom) { return true; },
  };
}

inline rest_answer a_campaign(const std::string& group, const char* phase) {
  return frame::adopt(build<rest::Campaign>([&](rest::Campaign::Builder out) {
    out.setNumber(3);
    out.setGroup(text_of(group));
    out.setPhase(phase);
    out.setNext("muster campaign enforce web");
  }));
}

inline references_actor::behavior_type fake_references(references_actor::pointer, fleet_ptr known) {
  return {
      [known](const accept_request& wanted) -> rest_answer {
        known->note("accept " + wanted.group + " from "
                    + to_string(wanted.from.value_or(node_id{})).substr(0, 2) + " by " + wanted.by);
        return frame::adopt(build<rest::ReferenceAnswer>([&](rest::ReferenceAnswer::Builder out) {
          out.setGroup(text_of(wanted.group));
          out.setDigest("00ff");
          out.setFiles(1204);
          out.setEvents(52);
          out.setPcrs(5);
        }));
      },
      [known](const amend_request& wanted) -> rest_answer {
        known->note(
            "amend " + wanted.group + " from " + to_string(wanted.from.value_or(node_id{})).substr(0, 2)
            + " findings " + std::to_string(wanted.findings.size()) + " listed " + wanted.listed + " file "
            + wanted.file + ' ' + wanted.path + " goes " + std::to_string(static_cast<int>(wanted.goes))
            + (wanted.guard == guard::overruled ? " force" : "") + " by " + wanted.by);
        return frame::adopt(build<rest::ReferenceAnswer>([&](rest::ReferenceAnswer::Builder out) {
          out.setGroup(text_of(wanted.group));
          out.setDigest("00ff");
          out.initDifference(1).set(0, "1 file of no package added");
        }));
      },
      [known](const import_request& wanted) -> rest_answer {
        known->note("import " + std::to_string(wanted.record.size()) + " bytes by " + wanted.by);
        return frame::adopt(build<rest::ReferenceAnswer>(
            [&](rest::ReferenceAnswer::Builder out) { out.setDigest(text_of(to_hex(wanted.digest))); }));
      },
      [](export_atom, const bytes32& digest) -> rest_answer {
        if (digest[0] != 0xcc) return fault{errc::not_found, "store: no such record"};
        return frame::copy_of(bytes(300'000, 0));
      },
      [known](const trial_request& wanted) -> rest_answer {
        known->note("try " + wanted.group + (wanted.policy ? " policy" : wanted.set ? " set" : " node"));
        return frame::adopt(build<rest::Trial>([](rest::Trial::Builder out) {
          out.setMachines(40);
          out.setGood(40);
          out.setTurningBad(3);
          out.setChanging(3);
        }));
      },
      [known](const campaign_request& wanted) -> rest_answer {
        known->note("campaign start " + wanted.group + " canaries " + std::to_string(wanted.canaries.size())
                    + " quorum " + std::to_string(wanted.quorum) + " by " + wanted.by);
        return a_campaign(wanted.group, "observing");
      },
      [known](const campaign_order& order) -> rest_answer {
        known->note("campaign step " + std::to_string(static_cast<int>(order.verb)) + " " + order.group
                    + (order.guard == guard::overruled ? " force" : "") + (order.set ? " set" : ""));
        return a_campaign(order.group, "staged");
      },
      [](campaign_atom, const std::string& group) -> rest_answer {
        if (!group.empty()) return a_campaign(group, "proposed");
        return frame::adopt(build<rest::CampaignList>(
            [](rest::CampaignList::Builder out) { out.initCampaigns(1)[0].setGroup("web"); }));
      },
      [](list_atom) -> rest_answer {
        return frame::adopt(build<rest::GroupList>([](rest::GroupList::Builder out) {
          auto web = out.initGroups(2)[1];
          web.setGroup("web");
          web.setReference(text_of(std::string(64, 'a')));
          web.setOrigin("node web-1");
          web.setFiles(1204);
          web.setCampaign("staged");
        }));
      },
      [](changed_atom, const policies_ptr&) {},
      [](tick_atom) {},
  };
}

inline survey_actor::behavior_type fake_survey(survey_actor::pointer, fleet_ptr known) {
  return {
      [](try_atom, const context_ptr&) -> trial_reply {
        return fault{errc::busy, "survey: not in this play"};
      },
      [known](incidents_atom, const std::string& group) -> rest_answer {
        known->note("incidents " + group);
        return frame::adopt(build<rest::Incidents>([](rest::Incidents::Builder out) {
          out.setMachines(5);
          out.setAffected(2);
          auto one = out.initCauses(1)[0];
          one.setMachines(2);
          one.initFinding().setCheck("ima.unknown-file");
        }));
      },
  };
}

inline record_log_actor::behavior_type fake_record_log(record_log_actor::pointer, fleet_ptr known) {
  return {
      [](witness_atom, const node_id&, const bytes&) { return true; },
      [known](const loss_acknowledgement& in) -> commit_outcome {
        const auto& [head, by] = in;
        known->note("acknowledge head " + to_string(head).substr(0, 6) + " by " + by);
        if (head.size == 1) return fault{errc::not_found, "acknowledge: no such head is contradicted"};
        return sequence{46};
      },
      [](tick_atom) {},
      [](stop_atom) { return true; },
  };
}

/// List 3 is in force, and one of three machines has another list. A text that begins with '!' is refused.
inline rotation_actor::behavior_type fake_rotation(rotation_actor::pointer, fleet_ptr known) {
  return {
      [known](rotate_atom, const std::string& text, const std::string& by) -> commit_outcome {
        known->note("rotate " + std::to_string(text.size()) + " by " + by);
        if (text.starts_with('!')) return fault{errc::untrusted, "it would lock this service out"};
        return sequence{46};
      },
      [](show_atom) -> rest_answer {
        return frame::adopt(build<rest::TrustStatus>([](rest::TrustStatus::Builder out) {
          out.setNumber(3);
          out.setNotAfter("2027-01-01T00:00:00Z");
          out.initAnchors(1)[0].setName("CN=\x1b[2J root");
          auto issuers = out.initIssuers(2);
          issuers[1].setSha256("bb");
          issuers[1].setPresent(true);
          out.setNodes(14);
          out.setCurrent(1);
          out.setBehind(1);
          out.setAhead(12);
          auto claims = out.initClaims(2);
          claims[0].setNumber(7);
          claims[0].setNodes(10);
          claims[1].setNumber(18'446'744'073'709'551'615ULL);
          claims[1].setNodes(1);
        }));
      },
  };
}

/// Bundles of 300,000 bytes that begin with the requester's name. Nothing is kept of attestation 9.
inline exporter_actor::behavior_type fake_exporter(exporter_actor::pointer, std::string folder) {
  return {[folder](const evidence_request& wanted) -> exported_evidence {
    if (wanted.number == attestation_number{9})
      return fault{errc::not_found, "evidence: none of attestation 9"};
    auto file = spool_file::make(folder);
    if (!file) return file.fault();
    auto content = to_bytes(
        as_bytes(wanted.by + " " + std::to_string(wanted.number.value_or(attestation_number{}).value)));
    content.resize(300'000, 'x');
    if (auto written = (*file)->write(content); !written) return written.fault();
    return std::shared_ptr<const spool_file>{*file};
  }};
}

} // namespace muster::service::rest_test
