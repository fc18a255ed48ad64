package import Documents
internal import Kernel
internal import Netlink
package import RouteNetlink

extension Route {
    /// The object that `ip -j -d route show table all` prints.
    ///
    /// `ip` prints some keys twice, where an encapsulation has one of the route's names (`dst`, `tos`, `table`): here those are the
    /// route's, and the encapsulation's have `encap_` before them.
    package func document(_ names: RouteNames) -> JSONValue {
        var members: [String: JSONValue] = [
            "type": .string(RouteName.type(type)), "dst": .string(Self.text(destination)), "flags": flags.document,
        ]
        if let source { members["from"] = .string(Self.text(source, isDefaultNamed: false)) }
        if nexthopID != 0 { members["nhid"] = JSONValue(nexthopID) }
        if typeOfService != 0 { members["tos"] = .string(names.serviceField(typeOfService)) }
        if let gateway { members.addGateway(gateway, ofIPv4: isIPv4) }
        if let linkIndex { members["dev"] = .string(names.link(linkIndex)) }
        if let preferredSource { members["prefsrc"] = .string("\(preferredSource)") }
        // The kernel tells of IPv6's always, of IPv4's where there is one.
        if metric != 0 || !isIPv4 && !flags.contains(.cloned) { members["metric"] = JSONValue(metric) }
        members["table"] = .string(names.name(.tables, table))
        if flags.contains(.cloned) {
            members["cache"] = .array(flags.cacheWords.map { .string($0) })
        } else {
            members["protocol"] = .string(names.name(.protocols, self.protocol.rawValue))
            members["scope"] = .string(names.name(.scopes, scope.rawValue))
        }
        if let mark, mark != 0 { members["mark"] = JSONValue(mark) }
        members["flow"] = realms?.document(names)
        members["uid"] = userID.map { JSONValue($0) }
        if let lifetime { members["expires"] = JSONValue(lifetime.components.seconds) }
        if let error = cacheInformation?.error, error != 0 { members["error"] = JSONValue(error) }
        members["metrics"] = metrics.document
        members["iif"] = inputLinkIndex.map { .string(names.link($0)) }
        if !isIPv4 { members["pref"] = preference.document }
        // As ip spells it.
        members["ttl-propogate"] = propagatesTimeToLive.map { .bool($0) }
        if nexthopID != 0 { members["nh_info"] = names.nexthops[nexthopID].map { $0.document(names) } }
        let hops = hops
        if !hops.isEmpty { members["nexthops"] = .array(hops.map { $0.document(names, ofIPv4: isIPv4) }) }
        encapsulation?.add(names, to: &members)
        return .object(members)
    }

    /// A host without its length.
    static func text(_ prefix: IPPrefix, isDefaultNamed: Bool = true) -> String {
        if prefix.isDefault, isDefaultNamed { return "default" }
        return prefix.length == prefix.address.bitCount ? "\(prefix.address)" : "\(prefix)"
    }
}

extension RouteHop {
    func document(_ names: RouteNames, ofIPv4: Bool) -> JSONValue {
        var members: [String: JSONValue] = [
            "dev": .string(names.link(linkIndex)), "weight": JSONValue(weight), "flags": flags.document,
        ]
        if let gateway { members.addGateway(gateway, ofIPv4: ofIPv4) }
        members["flow"] = realms?.document(names)
        encapsulation?.add(names, to: &members)
        return .object(members)
    }
}

extension [String: JSONValue] {
    /// `gateway`, or `via` for one of the other family.
    fileprivate mutating func addGateway(_ gateway: IPAddress, ofIPv4: Bool) {
        if gateway.isIPv4 == ofIPv4 {
            self["gateway"] = .string("\(gateway)")
        } else {
            self["via"] = ["family": .string(gateway.isIPv4 ? "inet" : "inet6"), "host": .string("\(gateway)")]
        }
    }
}

extension RouteFlags {
    var document: JSONValue { .array(Self.words.filter { contains($0.0) }.map { .string($0.1) }) }

    private static let words: [(RouteFlags, String)] = [
        (.dead, "dead"), (.onLink, "onlink"), (.pervasive, "pervasive"), (.offload, "offload"), (.trap, "trap"),
        (.notify, "notify"), (.linkDown, "linkdown"), (.unresolved, "unresolved"), (.routeOffload, "rt_offload"),
        (.routeTrap, "rt_trap"), (.offloadFailed, "rt_offload_failed"),
    ]

    /// RTCF_* of an IPv4 lookup's answer (linux/in_route.h).
    var cacheWords: [String] {
        [(31, "local"), (30, "reject"), (29, "mc"), (28, "brd"), (27, "dst-nat"), (24, "redirect"), (18, "redirected")]
            .filter { bit, _ in rawValue >> UInt32(bit) & 1 == 1 }.map { $0.1 }
    }
}

extension RoutePreference {
    var document: JSONValue {
        switch self {
        case .low: "low"
        case .medium: "medium"
        case .high: "high"
        default: JSONValue(rawValue)
        }
    }
}

extension RouteRealms {
    func document(_ names: RouteNames) -> JSONValue {
        var members: [String: JSONValue] = ["to": .string(names.name(.realms, destination))]
        if source != 0 { members["from"] = .string(names.name(.realms, source)) }
        return .object(members)
    }
}

extension RouteMetrics {
    /// A list of one object; nil where there is none. `lock` is ours: `ip` leaves it out of its JSON.
    var document: JSONValue? {
        var members: [String: JSONValue] = [:]
        var locks: [String] = []
        for (metric, key, divisor) in Self.keys {
            guard let value = self[metric] else { continue }
            if metric == .hopLimit, value == .max { continue }
            if self[locked: metric] { locks.append(key) }
            members[key] = JSONValue(value / divisor)
        }
        if let features = self[.features] {
            let known = Features(rawValue: features)
            if known.contains(.congestionNotification) { members["ecn"] = .null }
            if known != .congestionNotification, features != 0 {
                members["features"] = .string(hexadecimal(features))
            }
        }
        if let congestionControl { members["congestion"] = .string(congestionControl) }
        if !locks.isEmpty { members["lock"] = JSONValue(locks) }
        return members.isEmpty ? nil : [.object(members)]
    }

    /// By `ip`'s names; times with what divides them to milliseconds, which `ip`'s JSON has whatever their size.
    private static let keys: [(Metric, String, UInt32)] = [
        (.maximumTransmissionUnit, "mtu", 1), (.window, "window", 1), (.roundTripTime, "rtt", 8),
        (.roundTripTimeVariance, "rttvar", 4), (.slowStartThreshold, "ssthresh", 1), (.congestionWindow, "cwnd", 1),
        (.advertisedSegmentSize, "advmss", 1), (.reordering, "reordering", 1), (.hopLimit, "hoplimit", 1),
        (.initialCongestionWindow, "initcwnd", 1), (.minimumRetransmissionTimeout, "rto_min", 1),
        (.initialReceiveWindow, "initrwnd", 1), (.quickAcknowledgement, "quickack", 1),
        (.fastOpenWithoutCookie, "fastopen_no_cookie", 1),
    ]
}

extension Nexthop {
    /// The object that `ip -j -d nexthop` prints.
    package func document(_ names: RouteNames) -> JSONValue {
        var members: [String: JSONValue] = [
            "id": JSONValue(id), "scope": .string(names.name(.scopes, scope.rawValue)),
            "protocol": .string(names.name(.protocols, self.protocol.rawValue)), "flags": flags.document,
        ]
        if !group.isEmpty {
            members["group"] = .array(
                group.map { member in
                    // A weight of 1 goes without saying.
                    member.weight == 1
                        ? ["id": JSONValue(member.id)]
                        : ["id": JSONValue(member.id), "weight": JSONValue(member.weight)]
                })
        }
        if isResilient { members["type"] = "resilient" }
        if let resilience {
            members["resilient_args"] = [
                "buckets": JSONValue(resilience.buckets), "idle_timer": JSONValue(resilience.idleTimer),
                "unbalanced_timer": JSONValue(resilience.unbalancedTimer),
                "unbalanced_time": JSONValue(resilience.unbalancedTime),
            ]
        }
        members["gateway"] = gateway.map { .string("\($0)") }
        members["dev"] = linkIndex.map { .string(names.link($0)) }
        if isBlackhole { members["blackhole"] = .null }
        if isForwarding { members["fdb"] = .null }
        encapsulation?.add(names, to: &members)
        return .object(members)
    }
}
