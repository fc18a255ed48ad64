internal import CKernel
internal import Documents
internal import Kernel
internal import Netlink
internal import RouteNetlink

extension LinkVocabulary {
    static let gre = overIPv4(GRE.self)
    static let gretap = overIPv4(GRETap.self)
    static let erspan = overIPv4(ERSPAN.self, erspanOptions)
    static let ip6gre = overIPv6(IPv6GRE.self)
    static let ip6gretap = overIPv6(IPv6GRETap.self)
    static let ip6erspan = overIPv6(IPv6ERSPAN.self, erspanOptions)

    private static let both = [
        LinkOption(IFLA_GRE_LINK, .link, "link", words: ["dev"], shown: .unlessZero),
        LinkOption(IFLA_GRE_COLLECT_METADATA, .presence, "external"),
    ]

    private static let erspanOptions = [
        LinkOption(IFLA_GRE_ERSPAN_INDEX, .integer(.u32, 1...0xfffff), "erspan_index", words: ["erspan"]),
        LinkOption(IFLA_GRE_ERSPAN_VER, .integer(.u8, 0...2), "erspan_ver"),
        LinkOption(IFLA_GRE_ERSPAN_DIR, .named(.u8, ["ingress", "egress"], unknown: "egress"), "erspan_dir"),
        LinkOption(IFLA_GRE_ERSPAN_HWID, .hexadecimal(.u16), "erspan_hwid"),
    ]

    private static func overIPv4<Kind: IPv4GREOptions>(_ kind: Kind.Type, _ more: [LinkOption] = []) -> LinkVocabulary {
        LinkVocabulary(
            Kind.kind,
            both + more + [
                LinkOption(IFLA_GRE_TOS, .hexadecimal(.u8), "tos", words: [], shown: .unlessZero),
                LinkOption(IFLA_GRE_PMTUDISC, .switched, "pmtudisc"),
                LinkOption(IFLA_GRE_IGNORE_DF, .switched, "ignore_df", words: ["ignore-df"], shown: .unlessZero),
                LinkOption(IFLA_GRE_FWMARK, .hexadecimal(.u32), "fwmark", shown: .unlessZero),
            ],
            furtherWords: words + TunnelWords.timeToLiveWords + TunnelWords.typeOfServiceWords,
            printing: { attributes, _, members in
                let tunnel = Kind(attributes: attributes)
                members["remote"] = TunnelWords.end(tunnel.remote.map { .v4($0) })
                members["local"] = TunnelWords.end(tunnel.local.map { .v4($0) })
                members["ttl"] = JSONValue(tunnel.timeToLive ?? 0)
                printShared(tunnel, &members)
            },
            parsing: { word, reader, attributes, _ throws(WordError) in
                var tunnel = Kind(attributes: attributes)
                switch word {
                case "remote", "local":
                    let number = word == "remote" ? IFLA_GRE_REMOTE : IFLA_GRE_LOCAL
                    tunnel.attributes[address: number] = try TunnelWords.end(word, &reader, version6: false)
                case "ttl", "hoplimit", "hlim": tunnel.timeToLive = try TunnelWords.timeToLive(word, &reader)
                case "tos", "tclass", "dsfield": tunnel.typeOfService = try TunnelWords.typeOfService(word, &reader)
                default: guard try parseShared(word, &reader, &tunnel, initially: []) else { return false }
                }
                attributes = tunnel.attributes
                return true
            },
            finishing: { attributes throws(WordError) in
                var tunnel = Kind(attributes: attributes)
                if let remote = tunnel.remote, remote.isMulticast, !tunnel.collectsMetadata {
                    guard let local = tunnel.local, local != .any else {
                        throw WordError(.missing("a local address, for its remote one is a group"), "local")
                    }
                    // A group's tunnel has the group for its keys.
                    if tunnel.inputKey ?? 0 == 0 {
                        tunnel.inputKey = remote.rawValue
                        tunnel.inputFlags = (tunnel.inputFlags ?? []).union(.key)
                    }
                    if tunnel.outputKey ?? 0 == 0 {
                        tunnel.outputKey = remote.rawValue
                        tunnel.outputFlags = (tunnel.outputFlags ?? []).union(.key)
                    }
                }
                attributes = tunnel.attributes
                finishShared(&attributes)
            })
    }

    private static func overIPv6<Kind: IPv6GREOptions>(_ kind: Kind.Type, _ more: [LinkOption] = []) -> LinkVocabulary {
        LinkVocabulary(
            Kind.kind, both + more,
            furtherWords: words + TunnelWords.timeToLiveWords + TunnelWords.typeOfServiceWords + IPv6TunnelWords.words,
            printing: { attributes, _, members in
                let tunnel = Kind(attributes: attributes)
                members["remote"] = TunnelWords.end(tunnel.remote.map { .v6($0) })
                members["local"] = TunnelWords.end(tunnel.local.map { .v6($0) })
                IPv6TunnelWords.gre.print(attributes, into: &members)
                printShared(tunnel, &members)
            },
            parsing: { word, reader, attributes, _ throws(WordError) in
                if word == "remote" || word == "local" {
                    let number = word == "remote" ? IFLA_GRE_REMOTE : IFLA_GRE_LOCAL
                    attributes[address: number] = try TunnelWords.end(word, &reader, version6: true)
                    return true
                }
                if try IPv6TunnelWords.gre.parse(word, &reader, &attributes) { return true }
                var tunnel = Kind(attributes: attributes)
                guard try parseShared(word, &reader, &tunnel, initially: .checksum6) else { return false }
                attributes = tunnel.attributes
                return true
            },
            finishing: { attributes throws(WordError) in
                finishShared(&attributes)
                if !attributes.contains(IFLA_GRE_COLLECT_METADATA) { IPv6TunnelWords.gre.finish(&attributes) }
            })
    }

    // MARK: What both have

    private static let flagWords: [(word: String, flag: GREFlags)] = [("seq", .sequence), ("csum", .checksum)]
    private static let words =
        ["remote", "local", "key", "ikey", "okey", "nokey", "noikey", "nookey"]
        + flagWords.flatMap { flag in ["", "i", "o"].flatMap { [$0 + flag.word, "no" + $0 + flag.word] } }
        + TunnelWords.Wrapping.words

    private static func printShared(_ tunnel: some GREOptions, _ members: inout [String: JSONValue]) {
        for (flags, key, side) in [
            (tunnel.inputFlags ?? [], tunnel.inputKey, "i"), (tunnel.outputFlags ?? [], tunnel.outputKey, "o"),
        ] {
            if flags.contains(.key), let key { members[side + "key"] = TunnelWords.key(key) }
            for (word, flag) in flagWords where flags.contains(flag) { members[side + word] = true }
        }
        TunnelWords.Wrapping.gre.print(tunnel.attributes, into: &members)
    }

    private static func parseShared(
        _ word: String, _ reader: inout WordReader, _ tunnel: inout some GREOptions,
        initially: TunnelEncapsulationFlags
    ) throws(WordError) -> Bool {
        let isOn = !word.hasPrefix("no")
        let name = isOn ? word : String(word.dropFirst(2))
        let (isInput, isOutput) = (!name.hasPrefix("o"), !name.hasPrefix("i"))
        let option = isInput && isOutput ? name : String(name.dropFirst())
        var flag = flagWords.first { $0.word == option }?.flag
        if option == "key" {
            flag = .key
            let key = isOn ? try TunnelWords.key(word, &reader) : 0
            if isInput { tunnel.inputKey = key }
            if isOutput { tunnel.outputKey = key }
        }
        guard let flag else {
            return try TunnelWords.Wrapping.gre.parse(word, &reader, &tunnel.attributes, initially: initially)
        }
        var (input, output) = (tunnel.inputFlags ?? [], tunnel.outputFlags ?? [])
        if isInput { input.set(flag, isOn) }
        if isOutput { output.set(flag, isOn) }
        tunnel.inputFlags = input
        tunnel.outputFlags = output
        return true
    }

    /// `external` goes alone: the kernel takes no ends beside it.
    private static func finishShared(_ attributes: inout AttributeSet) {
        guard attributes.contains(IFLA_GRE_COLLECT_METADATA) else { return }
        attributes = AttributeSet()
        attributes[presence: IFLA_GRE_COLLECT_METADATA] = true
    }
}
