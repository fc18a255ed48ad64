internal import CKernel
internal import Documents
internal import Netlink
internal import RouteNetlink

extension LinkVocabulary {
    static let vlan = LinkVocabulary(
        "vlan",
        [
            LinkOption(IFLA_VLAN_PROTOCOL, .vlanProtocol, "protocol", words: ["protocol", "proto"]),
            LinkOption(IFLA_VLAN_ID, .integer(.u16, 0...4094), "id"),
        ],
        furtherWords: flags.map(\.word) + ["ingress-qos-map", "egress-qos-map"],
        printing: { attributes, _, members in
            let vlan = VLAN(attributes: attributes)
            // Without one it is 802.1Q.
            if vlan.tagProtocol == nil, vlan.id != nil { members["protocol"] = "802.1q" }
            if let on = vlan.flags {
                members["flags"] = JSONValue(flags.filter { on.contains($0.flag) }.map { $0.word.uppercased() })
            }
            if let map = vlan.ingressPriorities { members["ingress_qos"] = document(map) }
            if let map = vlan.egressPriorities { members["egress_qos"] = document(map) }
        },
        parsing: { word, reader, attributes, _ throws(WordError) in
            var vlan = VLAN(attributes: attributes)
            if let flag = flags.first(where: { $0.word == word })?.flag {
                let text = try reader.value(of: word)
                guard text == "on" || text == "off" else { throw WordError(.notOneOf(text, ["on", "off"]), word) }
                vlan.set(flag, text == "on")
            } else if word == "ingress-qos-map" {
                vlan.ingressPriorities = (vlan.ingressPriorities ?? []) + (try map(word, &reader))
            } else if word == "egress-qos-map" {
                vlan.egressPriorities = (vlan.egressPriorities ?? []) + (try map(word, &reader))
            } else {
                return false
            }
            attributes = vlan.attributes
            return true
        })

    private static let flags: [(word: String, flag: VLANFlags)] = [
        ("reorder_hdr", .reordersHeader), ("gvrp", .gvrp), ("mvrp", .mvrp), ("loose_binding", .looseBinding),
        ("bridge_binding", .bridgeBinding),
    ]

    private static func document(_ map: [VLANPriority]) -> JSONValue {
        .array(map.map { ["from": JSONValue($0.from), "to": JSONValue($0.to)] })
    }

    /// `0:3 1:7`, as many as there are.
    private static func map(_ word: String, _ reader: inout WordReader) throws(WordError) -> [VLANPriority] {
        var map: [VLANPriority] = []
        while let pair = reader.peek, map.isEmpty || pair.contains(":") {
            let text = try reader.value(of: word)
            let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                throw WordError(.malformed(text, form: "FROM:TO, several apart by blanks"), word)
            }
            let range = Int64(0)...Int64(UInt32.max)
            map.append(
                VLANPriority(
                    from: UInt32(clamping: try LinkOption.number(word, parts[0], range)),
                    to: UInt32(clamping: try LinkOption.number(word, parts[1], range))))
        }
        if map.isEmpty { throw WordError(.missingValue, word) }
        return map
    }
}
