package import Documents
package import RouteNetlink

extension BridgeVLANs {
    /// The object that `bridge -j vlan show` prints; nil where no VLAN is `wanted`, when that is one.
    package func document(_ links: LinkDirectory, only wanted: UInt16? = nil) -> JSONValue? {
        let shown = ranges.filter { wanted.map($0.identifiers.contains) ?? true }
        if shown.isEmpty { return nil }
        return [
            "ifname": .string(links.name(of: linkIndex) ?? "if\(linkIndex)"),
            "vlans": .array(shown.map { $0.document }),
        ]
    }
}

extension BridgeVLANRange {
    /// As `bridge` says it.
    package var flags: [String] {
        (isPortIdentifier ? ["PVID"] : []) + (isUntagged ? ["Egress Untagged"] : [])
    }

    fileprivate var document: JSONValue {
        var members: [String: JSONValue] = ["vlan": JSONValue(identifiers.lowerBound)]
        if identifiers.count > 1 { members["vlanEnd"] = JSONValue(identifiers.upperBound) }
        if !flags.isEmpty { members["flags"] = JSONValue(flags) }
        return .object(members)
    }
}
