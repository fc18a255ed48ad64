internal import CKernel
internal import Kernel
internal import Netlink

/// Which route of its slot a message means, and whether it says anything new of it.
extension Route {
    /// What the state of the links and the hardware does to a route: RTNH_COMPARE_MASK (include/net/ip_fib.h) and the same of a whole route.
    private static let conditions: RouteFlags = [
        .dead, .linkDown, .offload, .trap, .unresolved, .routeOffload, .routeTrap, .offloadFailed,
    ]

    private static let multipath = AttributeOmission([Int(RTA_MULTIPATH.rawValue)])

    /// IPv4 tells routes to one destination apart by all that they are, the conditions of their ways aside. IPv6 joins those with a
    /// gateway into one multipath route, but for those of router advertisements and of nexthop objects; each other is apart by its link.
    func isSame(as other: Route) -> Bool {
        if type != other.type || nexthopID != other.nexthopID { return false }
        if isIPv4 {
            return hasSameHead(as: other) && attributes.matches(other.attributes, but: Self.multipath)
                && (nexthopID != 0 || hasSameWays(as: other))
        }
        if nexthopID != 0 { return true }
        if joinsOthers != other.joinsOthers { return false }
        return joinsOthers || (linkIndex == other.linkIndex && gateway == other.gateway)
    }

    /// IPv6 has the hops of a multipath route in no order: a dump begins with another one than a notification. Its lifetimes are what is
    /// left of them: in a dump, one that is shorter than before has run on, and one that is longer was set.
    func isUnchanged(since old: Route, isTold: Bool) -> Bool {
        if self == old { return true }
        guard !isIPv4, flags == old.flags, hasSameHead(as: old), gateway == old.gateway, linkIndex == old.linkIndex,
            type == old.type, preference == old.preference, typeOfService == old.typeOfService,
            nexthopID == old.nexthopID, attributes.matches(old.attributes, but: Self.multipath)
        else { return false }
        let hasRunOn =
            expiryTicks == old.expiryTicks
            || (!isTold && expiryTicks != 0 && old.expiryTicks != 0 && expiryTicks <= old.expiryTicks)
        guard hasRunOn else { return false }
        return Self.areSameSet(hops, old.hops, ==)
    }

    /// Whether a deletion that tells `route` ends the whole of this one.
    func goesWhole(with route: Route) -> Bool {
        if isIPv4 || nexthopID != 0 { return true }
        if gateway != route.gateway || linkIndex != route.linkIndex { return false }
        return Self.areSameSet(hops, route.hops) { $0.linkIndex == $1.linkIndex && $0.gateway == $1.gateway }
    }

    /// Whether it is, or would become, part of a multipath route of IPv6. One that is already has neither gateway nor link.
    private var joinsOthers: Bool {
        (gateway != nil || linkIndex == nil) && type == .unicast && self.protocol != .routerAdvertisement
            && nexthopID == 0
    }

    private func hasSameHead(as other: Route) -> Bool {
        self.protocol == other.protocol && scope == other.scope && preferredSource == other.preferredSource
    }

    /// As IPv4 compares them: in their order, and without their conditions.
    private func hasSameWays(as other: Route) -> Bool {
        guard gateway == other.gateway, linkIndex == other.linkIndex,
            flags.subtracting(Self.conditions) == other.flags.subtracting(Self.conditions)
        else { return false }
        let (mine, theirs) = (hops, other.hops)
        return mine.count == theirs.count && zip(mine, theirs).allSatisfy { $0.unconditional == $1.unconditional }
    }

    private static func areSameSet(
        _ hops: [RouteHop], _ others: [RouteHop], _ isEqual: (RouteHop, RouteHop) -> Bool
    ) -> Bool {
        if hops.count != others.count { return false }
        var rest = others
        for hop in hops {
            guard let position = rest.firstIndex(where: { isEqual(hop, $0) }) else { return false }
            rest.remove(at: position)
        }
        return true
    }
}

extension RouteHop {
    /// Without what the state of its link does to it.
    fileprivate var unconditional: RouteHop {
        var hop = self
        hop.flags.subtract([.dead, .linkDown, .offload, .trap, .unresolved])
        return hop
    }
}
