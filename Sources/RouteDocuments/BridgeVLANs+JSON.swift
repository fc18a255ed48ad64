package import Documents
package import RouteNetlink

extension BridgeVLANs {
    /// The object that `bridge -j vlan show` prints, a VLAN each, or `bridge -j -compressvlans vlan show`, ranges; nil where no VLAN is
    /// `wanted`, when that is one.
    package func document(
        _ links: LinkDirectory, only wanted: UInt16? = nil, isCompressed: Bool = false
    ) -> JSONValue? {
        var shown = ranges.filter { wanted.map($0.identifiers.contains) ?? true }
        if !isCompressed {
            shown = shown.flatMap { range in
                range.identifiers.filter { wanted == nil || $0 == wanted }.map {
                    BridgeVLANRange(
                        $0, isPortIdentifier: range.isPortIdentifier, isUntagged: range.isUntagged)
                }
            }
        }
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
        // `bridge` prints an empty list of a range, and none of one VLAN.
        if !flags.isEmpty || identifiers.count > 1 { members["flags"] = JSONValue(flags) }
        return .object(members)
    }
}
