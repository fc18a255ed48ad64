internal import CKernel
internal import Kernel

/// What the kernel does without a notification, as tried on Linux 6.18, and the notification that it follows: then its part is read anew.
///
/// | silent | follows |
/// |---|---|
/// | an interface's IPv4 routes go with it | RTM_NEWLINK without IFF_UP, RTM_DELLINK |
/// | RTNH_F_LINKDOWN and RTNH_F_DEAD of routes change, in both families | RTM_NEWLINK with another IFF_LOWER_UP or IFF_RUNNING |
/// | IPv4 routes with a deleted address as their source go (before Linux 6.16 or so; later ones tell) | RTM_DELADDR |
/// | routes through a nexthop object go with it | RTM_DELNEXTHOP |
/// | IFLA_LINK of the first of two new veth links becomes known | RTM_NEWLINK of a new link |
/// | a bridge port's state changes | RTM_NEWLINK of AF_BRIDGE |
/// | tentative link-local addresses appear | RTM_NEWLINK with IFF_UP or IFF_LOWER_UP |
/// | FIB_RULE_IIF_DETACHED and FIB_RULE_OIF_DETACHED of rules change | RTM_NEWLINK with a new name, RTM_DELLINK |
/// | FIB_RULE_UNRESOLVED of a rule that goes to another changes | RTM_NEWRULE, RTM_DELRULE |
/// | the addresses that a device filters by appear and go (`bridge fdb`, self) | RTM_NEWLINK with other flags, address or master, RTM_DELLINK |
///
/// Nobody tells, and no notification hints at: counters; addresses of stateless autoconfiguration while they are tentative; a neighbour
/// that is asked for the first time (NUD_INCOMPLETE), or again after a while (NUD_DELAY), until it has answered or has not; what
/// `NetworkState.neighbors` leaves out for that reason.
extension NetworkMonitor {
    mutating func follow(_ change: NetworkChange<Link>) {
        switch change {
        case .added: becomesStale([.links, .addresses, .rules, .neighbors])
        case .removed: becomesStale([.links, .addresses, .routes, .rules, .neighbors])
        case .changed(let old, let new):
            if old.flags.symmetricDifference(new.flags).isDisjoint(with: [.up, .running, .lowerUp]) == false {
                becomesStale([.addresses, .routes])
            }
            if old.name != new.name { becomesStale(.rules) }
            if old.flags != new.flags || old.master != new.master || old.hardwareAddress != new.hardwareAddress {
                becomesStale(.neighbors)
            }
        }
    }

    mutating func follow(_ change: NetworkChange<InterfaceAddress>) {
        guard case .removed(let address) = change, address.prefix.address.isIPv4 else { return }
        becomesStale(.routes)
    }

    /// A removal is followed by a dump in any case.
    mutating func follow(_ change: NetworkChange<Rule>) {
        guard case .added(let rule) = change else { return }
        if rule.target != nil { hasRuleTargets = true }
        if hasRuleTargets { becomesStale(.rules) }
    }

    private mutating func becomesStale(_ parts: NetworkParts) { stale.formUnion(parts.intersection(kept)) }
}
