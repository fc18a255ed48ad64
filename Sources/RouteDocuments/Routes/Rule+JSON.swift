package import Documents
internal import Kernel
package import RouteNetlink

extension Rule {
    /// The object that `ip -j -d rule show` prints.
    package func document(_ names: RouteNames) -> JSONValue {
        var members: [String: JSONValue] = [
            "priority": JSONValue(priority ?? 0), "protocol": .string(names.name(.protocols, self.protocol.rawValue)),
            "src": "all",
        ]
        if isInverted { members["not"] = .null }
        if let source { Self.add(source, "src", "srclen", to: &members) }
        if let destination { Self.add(destination, "dst", "dstlen", to: &members) }
        if typeOfService != 0 { members["tos"] = .string(names.serviceField(typeOfService)) }
        if mark != nil || markMask != nil {
            members["fwmark"] = .string(hexadecimal(mark ?? 0))
            if let markMask, markMask != .max { members["fwmask"] = .string(hexadecimal(markMask)) }
        }
        if let inputLink {
            members["iif"] = .string(inputLink)
            if flags.contains(.inputLinkAbsent) { members["iif_detached"] = .null }
        }
        if let outputLink {
            members["oif"] = .string(outputLink)
            if flags.contains(.outputLinkAbsent) { members["oif_detached"] = .null }
        }
        if isOfL3Master { members["l3mdev"] = .null }
        if let userIDs {
            members["uid_start"] = JSONValue(userIDs.lowerBound)
            members["uid_end"] = JSONValue(userIDs.upperBound)
        }
        if let ipProtocol { members["ipproto"] = .string(names.ipProtocol(ipProtocol)) }
        if let sourcePorts { Self.add(sourcePorts, "sport", to: &members) }
        if let destinationPorts { Self.add(destinationPorts, "dport", to: &members) }
        if let tunnelID { members["tun_id"] = JSONValue(tunnelID) }
        if table != 0 {
            members["table"] = .string(names.name(.tables, table))
            if let suppressedPrefixLength { members["suppress_prefixlen"] = JSONValue(suppressedPrefixLength) }
            if let suppressedGroup { members["suppress_ifgroup"] = .string(names.name(.linkGroups, suppressedGroup)) }
        }
        if let realms {
            if realms.source != 0 { members["flow_from"] = .string(names.name(.realms, realms.source)) }
            members["flow_to"] = .string(names.name(.realms, realms.destination))
        }
        addAction(to: &members)
        return .object(members)
    }

    private func addAction(to members: inout [String: JSONValue]) {
        switch action {
        case .lookup, .unspecified: break
        case .goto:
            members["goto"] = target.map { JSONValue($0) } ?? "none"
            if flags.contains(.unresolved) { members["unresolved"] = .null }
        case .nothing: members["nop"] = .null
        default: members["action"] = .string(RouteName.type(RouteType(rawValue: action.rawValue)))
        }
    }

    private static func add(_ prefix: IPPrefix, _ key: String, _ length: String, to members: inout [String: JSONValue])
    {
        members[key] = .string("\(prefix.address)")
        if prefix.length != prefix.address.bitCount { members[length] = JSONValue(prefix.length) }
    }

    private static func add(_ range: ClosedRange<UInt16>, _ key: String, to members: inout [String: JSONValue]) {
        if range.count == 1 {
            members[key] = JSONValue(range.lowerBound)
        } else {
            members["\(key)_start"] = JSONValue(range.lowerBound)
            members["\(key)_end"] = JSONValue(range.upperBound)
        }
    }
}
