package import Documents
internal import Kernel
package import RouteNetlink

extension InterfaceAddress {
    /// The object in `addr_info` of what `ip -j -d address show` prints; `protocol` and `flags_raw` are ours.
    package func document(_ names: RouteNames) -> JSONValue {
        var members: [String: JSONValue] = [
            "family": .string(isIPv4 ? "inet" : "inet6"), "local": .string("\(prefix.address)"),
            "prefixlen": JSONValue(prefix.length), "scope": .string(names.name(.scopes, scope.rawValue)),
            "valid_life_time": Self.seconds(validLifetime), "preferred_life_time": Self.seconds(preferredLifetime),
        ]
        members["address"] = peer.map { .string("\($0)") }
        members["broadcast"] = broadcast.map { .string("\($0)") }
        members["anycast"] = anycast.map { .string("\($0)") }
        members["label"] = label.map { .string($0) }
        if metric != 0 { members["metric"] = JSONValue(metric) }
        if self.protocol != 0 { members["protocol"] = JSONValue(self.protocol) }
        // What is not permanent is dynamic; the others are told where they are set.
        if !flags.contains(.permanent) { members["dynamic"] = true }
        for (flag, word) in Self.words where flags.contains(flag) {
            members[flag == .secondary && !isIPv4 ? "temporary" : word] = true
        }
        let rest = flags.subtracting(Self.words.reduce(.permanent) { $0.union($1.0) })
        if !rest.isEmpty { members["ifa_flags"] = .string(hexadecimal(rest.rawValue)) }
        return .object(members)
    }

    private static let words: [(AddressFlags, String)] = [
        (.secondary, "secondary"), (.noDuplicateDetection, "nodad"), (.optimistic, "optimistic"),
        (.duplicateDetected, "dadfailed"), (.home, "home"), (.deprecated, "deprecated"), (.tentative, "tentative"),
        (.managesTemporaryAddresses, "mngtmpaddr"), (.noPrefixRoute, "noprefixroute"), (.joinsGroup, "autojoin"),
        (.stablePrivacy, "stable-privacy"),
    ]

    /// All 32 bits for no end.
    private static func seconds(_ lifetime: Duration?) -> JSONValue {
        JSONValue(lifetime.map { $0.components.seconds } ?? Int64(UInt32.max))
    }
}
