internal import CKernel
public import Kernel
public import Netlink
internal import SystemPackage

extension RouteConnection {
    /// The rules of a family in the order in which they are asked; of `.unspecified`, IPv4's and then IPv6's.
    public mutating func rules(
        family: AddressFamily = .unspecified, until deadline: Deadline
    ) throws(NetlinkError) -> [Rule] {
        var all: [Rule] = []
        for family in family == .unspecified ? [.ipv4, .ipv6] : [family] {
            var request = NetlinkRequest("list", "rules", type: RTM_GETRULE)
            var header = fib_rule_hdr()
            header.family = family.rawValue
            request.body.append(header: header)
            do throws(NetlinkError) {
                all = try connection.dump(request, until: deadline, into: all) {
                    (all: inout [Rule], message, bytes) throws(NetlinkError) in
                    guard message.type == UInt16(RTM_NEWRULE) else { return }
                    let rule = try Rule(message, in: bytes)
                    if rule.family == family { all.append(rule) }
                }.value
            } catch  where error.kind == .refused && error.cause == .missingFeature {
                // A kernel without that family has no rules of it.
            }
        }
        return all
    }

    /// Sets a rule; EEXIST where there is the same one.
    public mutating func addRule(_ rule: Rule, until deadline: Deadline) throws(NetlinkError) {
        try change(
            rule.request("add", type: RTM_NEWRULE, flags: ChangeMode.add.flags), link: nil, until: deadline)
    }

    /// Deletes the first rule with all that this one says; ENOENT where there is none. An action `.unspecified` and a table 0 are any.
    public mutating func deleteRule(_ rule: Rule, until deadline: Deadline) throws(NetlinkError) {
        try change(rule.request("delete", type: RTM_DELRULE, flags: []), link: nil, until: deadline)
    }

    /// Sets many rules in few calls; what the kernel refused is in the outcome, by the rule's place.
    public mutating func addRules(_ rules: [Rule], until deadline: Deadline) -> BatchOutcome {
        execute(
            rules, "add", type: UInt16(RTM_NEWRULE), flags: ChangeMode.add.flags, until: deadline,
            { $0.write(into: &$1) }, named: { ("rule \($0.words)", nil) })
    }

    /// Deletes many rules in few calls.
    public mutating func deleteRules(_ rules: [Rule], until deadline: Deadline) -> BatchOutcome {
        execute(
            rules, "delete", type: UInt16(RTM_DELRULE), flags: [], until: deadline, { $0.write(into: &$1) },
            named: { ("rule \($0.words)", nil) })
    }

    /// Deletes the rules of which `isWanted` says so, the one of priority 0 never: without it nothing local is reached.
    public mutating func flushRules(
        family: AddressFamily, until deadline: Deadline, where isWanted: (Rule) -> Bool
    ) throws(NetlinkError) -> BatchOutcome {
        let rules = try rules(family: family, until: deadline).filter { ($0.priority ?? 0) != 0 && isWanted($0) }
        return deleteRules(rules, until: deadline).leavingOut { $0.errno == .noSuchFileOrDirectory }
    }
}
