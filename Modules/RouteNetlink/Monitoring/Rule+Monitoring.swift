internal import CKernel
internal import Kernel
internal import Netlink

extension Rule: MonitoredObject {
    struct Slot: Hashable, Sendable {
        let family: AddressFamily
        let priority: UInt32
    }

    static var part: NetworkParts { .rules }
    static var groups: [UInt32] { [UInt32(RTNLGRP_IPV4_RULE.rawValue), UInt32(RTNLGRP_IPV6_RULE.rawValue)] }
    static var newType: UInt16 { UInt16(RTM_NEWRULE) }
    static var deleteType: UInt16 { UInt16(RTM_DELRULE) }

    static var dumps: [NetlinkRequest] {
        [AF_INET, AF_INET6].map { family in
            var header = fib_rule_hdr()
            header.family = UInt8(family)
            return NetlinkRequest("list", "rules", type: RTM_GETRULE, header: header)
        }
    }

    /// Nil for a rule of multicast routing.
    static func decode(_ message: NetlinkMessage, in bytes: borrowing RawSpan) throws(NetlinkError) -> Rule? {
        let rule = try Rule(message, in: bytes)
        return rule.family == .ipv4 || rule.family == .ipv6 ? rule : nil
    }

    static func event(_ change: NetworkChange<Rule>) -> NetworkEvent { .rule(change) }

    var slot: Slot { Slot(family: family, priority: priority ?? 0) }

    /// A rule is all that it says; whether the links and the target that it names are there is its state.
    func isSame(as other: Rule) -> Bool {
        var (mine, theirs) = (self, other)
        mine.flags.subtract(Self.conditions)
        theirs.flags.subtract(Self.conditions)
        return mine == theirs
    }

    private static let conditions: RuleFlags = [.unresolved, .inputLinkAbsent, .outputLinkAbsent]

    /// The kernel takes a rule twice without NLM_F_EXCL, and does not say which goes: here two that are the same are one, and a dump
    /// tells whether the other is still there.
    static func remove(_ rule: Rule, from slot: inout [Rule]) -> SlotOutcome<Rule> {
        guard let position = slot.firstIndex(where: { $0.isSame(as: rule) }) else {
            return SlotOutcome(isUncertain: true)
        }
        return SlotOutcome(change: .removed(slot.remove(at: position)), isUncertain: true)
    }
}
