package import Documents
internal import Kernel
package import RouteNetlink

extension MPLSRoute {
    /// The object that `ip -j -d -f mpls route show` prints.
    package func document(_ names: RouteNames) -> JSONValue {
        var members: [String: JSONValue] = [
            "type": .string(RouteName.type(type)), "dst": .string("\(label)"), "flags": flags.document,
            "protocol": .string(names.name(.protocols, self.protocol.rawValue)),
            "scope": .string(names.name(.scopes, scope.rawValue)),
        ]
        members["to"] = Self.text(newLabels)
        members["via"] = gateway.map { Self.via($0) }
        members["dev"] = linkIndex.map { .string(names.link($0)) }
        // As ip spells it.
        members["ttl-propogate"] = propagatesTimeToLive.map { .bool($0) }
        let hops = hops
        if !hops.isEmpty {
            members["nexthops"] = .array(
                hops.map { hop in
                    var members: [String: JSONValue] = [
                        "dev": .string(names.link(hop.linkIndex)), "weight": JSONValue(hop.weight),
                        "flags": hop.flags.document,
                    ]
                    members["to"] = Self.text(hop.newLabels)
                    members["via"] = hop.gateway.map { Self.via($0) }
                    return .object(members)
                })
        }
        return .object(members)
    }

    private static func text(_ labels: [MPLSLabel]) -> JSONValue? {
        labels.isEmpty ? nil : .string(labels.map { "\($0)" }.joined(separator: "/"))
    }

    private static func via(_ address: IPAddress) -> JSONValue {
        ["family": .string(address.isIPv4 ? "inet" : "inet6"), "host": .string("\(address)")]
    }
}
