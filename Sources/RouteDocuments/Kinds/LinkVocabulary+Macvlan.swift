internal import CKernel
internal import Documents
internal import Kernel
internal import Netlink
internal import RouteNetlink

extension LinkVocabulary {
    static let macvlan = onPort(Macvlan.self)
    static let macvtap = onPort(Macvtap.self)
    static let ipvlan = onPort(IPvlan.self)
    static let ipvtap = onPort(IPvtap.self)

    private static let modes: [(mode: MacvlanMode, word: String)] = [
        (.private, "private"), (.vepa, "vepa"), (.bridge, "bridge"), (.passthrough, "passthru"), (.source, "source"),
    ]

    private static func onPort<Kind: MacvlanOptions>(_ kind: Kind.Type) -> LinkVocabulary {
        LinkVocabulary(
            Kind.kind,
            [
                LinkOption(IFLA_MACVLAN_BC_QUEUE_LEN, .integer(.u32), "bcqueuelen"),
                LinkOption(IFLA_MACVLAN_BC_QUEUE_LEN_USED, .integer(.u32), "usedbcqueuelen", words: []),
                LinkOption(IFLA_MACVLAN_MACADDR_COUNT, .integer(.u32), "macaddr_count", words: [], shown: .unlessZero),
                LinkOption(IFLA_MACVLAN_BC_CUTOFF, .integer(.s32), "bclim"),
            ],
            furtherWords: ["mode", "flag", "nopromisc", "nodst", "macaddr"],
            printing: { attributes, _, members in
                let macvlan = Kind(attributes: attributes)
                if let mode = macvlan.mode {
                    members["mode"] = .string(modes.first { $0.mode == mode }?.word ?? "unknown")
                }
                if macvlan.flags?.contains(.notPromiscuous) == true { members["nopromisc"] = true }
                if macvlan.flags?.contains(.sourceOnly) == true { members["nodst"] = true }
                if let addresses = macvlan.sourceAddresses, !addresses.isEmpty {
                    members["macaddr_data"] = JSONValue(addresses.map { "\($0)" })
                }
            },
            parsing: { word, reader, attributes, _ throws(WordError) in
                var macvlan = Kind(attributes: attributes)
                guard try parse(word, &reader, &macvlan) else { return false }
                attributes = macvlan.attributes
                return true
            },
            finishing: { attributes throws(WordError) in
                let macvlan = Kind(attributes: attributes)
                guard macvlan.sourceAddressOperation != nil, let mode = macvlan.mode, mode != .source else { return }
                throw WordError(.missing("'mode source'"), "macaddr")
            })
    }

    private static func parse(
        _ word: String, _ reader: inout WordReader, _ macvlan: inout some MacvlanOptions
    ) throws(WordError) -> Bool {
        switch word {
        case "mode":
            let text = try reader.value(of: word)
            guard let mode = modes.first(where: { $0.word == text })?.mode else {
                throw WordError(.notOneOf(text, modes.map(\.word)), word)
            }
            macvlan.mode = mode
        case "flag":
            let text = try reader.value(of: word)
            let flags: [String: MacvlanFlags] = ["null": [], "nopromisc": .notPromiscuous, "nodst": .sourceOnly]
            guard let flag = flags[text] else {
                throw WordError(.notOneOf(text, ["null", "nopromisc", "nodst"]), word)
            }
            macvlan.flags = (macvlan.flags ?? []).union(flag)
        case "nopromisc": macvlan.flags = (macvlan.flags ?? []).union(.notPromiscuous)
        case "nodst": macvlan.flags = (macvlan.flags ?? []).union(.sourceOnly)
        case "macaddr":
            let text = try reader.value(of: word)
            switch text {
            case "add", "del":
                macvlan.sourceAddressOperation = text == "add" ? .add : .delete
                macvlan.sourceAddress = try address(word, try reader.value(of: text))
            case "flush": macvlan.sourceAddressOperation = .flush
            case "set":
                var addresses: [MACAddress] = []
                while reader.peek.flatMap({ MACAddress($0) }) != nil {
                    addresses.append(try address(word, try reader.value(of: text)))
                }
                macvlan.sourceAddressOperation = .set
                macvlan.sourceAddresses = addresses
            default: throw WordError(.notOneOf(text, ["add", "del", "set", "flush"]), word)
            }
        default: return false
        }
        return true
    }

    private static func address(_ word: String, _ text: String) throws(WordError) -> MACAddress {
        guard let address = MACAddress(text) else {
            throw WordError(.malformed(text, form: "an Ethernet address, such as 52:54:00:12:34:56"), word)
        }
        return address
    }

    private static func onPort<Kind: IPvlanOptions>(_ kind: Kind.Type) -> LinkVocabulary {
        let flags: [(word: String, flags: IPvlanFlags)] = [("bridge", []), ("private", .private), ("vepa", .vepa)]
        return LinkVocabulary(
            Kind.kind, [LinkOption(IFLA_IPVLAN_MODE, .named(.u16, ["l2", "l3", "l3s"], unknown: "unknown"), "mode")],
            furtherWords: flags.map(\.word),
            printing: { attributes, _, members in
                guard let on = Kind(attributes: attributes).flags else { return }
                let word = on.contains(.private) ? "private" : on.contains(.vepa) ? "vepa" : "bridge"
                members[word] = true
            },
            parsing: { word, _, attributes, _ throws(WordError) in
                guard let found = flags.first(where: { $0.word == word }) else { return false }
                var ipvlan = Kind(attributes: attributes)
                if let before = ipvlan.flags, let other = flags.first(where: { $0.flags == before }), other.word != word
                {
                    throw WordError(.excludes(other.word), word)
                }
                ipvlan.flags = found.flags
                attributes = ipvlan.attributes
                return true
            })
    }
}
