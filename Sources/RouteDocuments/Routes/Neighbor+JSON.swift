package import Documents
internal import Kernel
package import RouteNetlink

extension Neighbor {
    /// The object that `ip -j -d neighbor show` prints; `vlan`, `port`, `vni`, `via`, `master`, `self` and the times are ours there.
    package func document(_ names: RouteNames) -> JSONValue {
        var members: [String: JSONValue] = [:]
        members["dst"] = address.map { .string("\($0)") }
        if linkIndex != 0 { members["dev"] = .string(names.link(linkIndex)) }
        if !hardwareAddress.isEmpty { members["lladdr"] = .string(Self.text(hardwareAddress)) }
        for (flag, word) in Self.words where flags.contains(flag) { members[word] = .null }
        let states = Self.states.filter { state.contains($0.0) }.map { JSONValue.string($0.1) }
        if !flags.contains(.proxy), !states.isEmpty { members["state"] = .array(states) }
        if self.protocol != .unspecified {
            members["protocol"] = .string(names.name(.protocols, self.protocol.rawValue))
        }
        members["vlan"] = vlan.map { JSONValue($0) }
        members["port"] = port.map { JSONValue($0) }
        members["vni"] = networkIdentifier.map { JSONValue($0) }
        members["src_vni"] = sourceNetworkIdentifier.map { JSONValue($0) }
        members["via"] = outputLinkIndex.map { .string(names.link($0)) }
        members["master"] = master.map { .string(names.link($0)) }
        members["nhid"] = nexthopID.map { JSONValue($0) }
        members["probes"] = probes.map { JSONValue($0) }
        if let times {
            members["used"] = JSONValue(times.used / 100)
            members["confirmed"] = JSONValue(times.confirmed / 100)
            members["updated"] = JSONValue(times.updated / 100)
            if times.references != 0 { members["refcnt"] = JSONValue(times.references) }
        }
        return .object(members)
    }

    package static func text(_ hardwareAddress: [UInt8]) -> String {
        hardwareAddress.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
    }

    private static let words: [(NeighborFlags, String)] = [
        (.proxy, "proxy"), (.router, "router"), (.managed, "managed"), (.externallyLearned, "extern_learn"),
        (.offloaded, "offload"), (.own, "self"), (.sticky, "sticky"),
    ]
    package static let states: [(NeighborState, String)] = [
        (.incomplete, "INCOMPLETE"), (.reachable, "REACHABLE"), (.stale, "STALE"), (.delay, "DELAY"),
        (.probe, "PROBE"), (.failed, "FAILED"), (.noARP, "NOARP"), (.permanent, "PERMANENT"),
    ]
}

extension NeighborTable {
    /// The object that `ip -j ntable show` prints.
    package func document(_ names: RouteNames) -> JSONValue {
        var members: [String: JSONValue] = [
            "family": .string(family == .ipv4 ? "inet" : family == .ipv6 ? "inet6" : "\(family.rawValue)"),
            "name": .string(name),
        ]
        members["dev"] = linkIndex.map { .string(names.link($0)) }
        for (place, value) in (thresholds ?? []).enumerated() { members["thresh\(place + 1)"] = JSONValue(value) }
        members["gc_interval"] = cleanupInterval.map { JSONValue($0) }
        for setting in Self.shownSettings {
            if let value = self.setting(setting) { members[setting.key] = JSONValue(value) }
        }
        return .object(members)
    }
}
