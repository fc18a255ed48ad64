internal import CKernel
internal import Documents
internal import Kernel
internal import Netlink
internal import RouteNetlink

extension LinkVocabulary {
    static let macsec = LinkVocabulary(
        "macsec",
        [
            LinkOption(IFLA_MACSEC_PORT, .integer(.be16, 1...0xffff), nil, words: ["port"]),
            LinkOption(IFLA_MACSEC_ICV_LEN, .integer(.u8, 8...16), "icv_len", words: ["icvlen"]),
            LinkOption(IFLA_MACSEC_WINDOW, .integer(.u32), "window"),
            LinkOption(IFLA_MACSEC_ENCODING_SA, .integer(.u8, 0...3), "encoding_sa", words: ["encodingsa"]),
            LinkOption(IFLA_MACSEC_ENCRYPT, .onOff, "encrypt"),
            LinkOption(IFLA_MACSEC_PROTECT, .onOff, "protect"),
            LinkOption(IFLA_MACSEC_INC_SCI, .onOff, "inc_sci", words: ["send_sci"]),
            LinkOption(IFLA_MACSEC_ES, .onOff, "es", words: ["end_station"]),
            LinkOption(IFLA_MACSEC_SCB, .onOff, "scb"),
            LinkOption(IFLA_MACSEC_REPLAY_PROTECT, .onOff, "replay_protect", words: ["replay"]),
            LinkOption(
                IFLA_MACSEC_VALIDATION, .named(.u8, ["disabled", "check", "strict"]), "validation", words: ["validate"]),
            LinkOption(IFLA_MACSEC_OFFLOAD, .named(.u8, ["off", "phy", "mac"]), "offload"),
        ],
        furtherWords: ["sci", "address", "cipher"],
        printing: { attributes, _, members in
            let macsec = MACsec(attributes: attributes)
            if let identifier = macsec.secureChannelIdentifier {
                let digits = String(identifier, radix: 16)
                members["sci"] = .string(String(repeating: "0", count: 16 - digits.utf8.count) + digits)
            }
            if let suite = macsec.cipherSuite {
                members["cipher_suite"] = .string(ciphers.first { $0.1 == suite }?.0.uppercased() ?? "(unknown)")
            }
        },
        parsing: { word, reader, attributes, _ throws(WordError) in
            var macsec = MACsec(attributes: attributes)
            switch word {
            case "sci":
                let text = try reader.value(of: word)
                let digits = text.hasPrefix("0x") ? text.dropFirst(2) : text[...]
                guard digits.utf8.count <= 16, digits.first != "+", let number = UInt64(digits, radix: 16) else {
                    throw WordError(.malformed(text, form: "a hexadecimal number of 64 bits"), word)
                }
                macsec.secureChannelIdentifier = number
            case "address":
                let text = try reader.value(of: word)
                guard let address = MACAddress(text) else {
                    throw WordError(.malformed(text, form: "an Ethernet address, such as 52:54:00:12:34:56"), word)
                }
                guard reader.next() == "port" else { throw WordError(.missing("'port' and a number after it"), word) }
                let port = try LinkOption.number("port", try reader.value(of: "port"), 1...0xffff)
                macsec.secureChannelIdentifier = address.rawValue << 16 | UInt64(port)
            case "cipher":
                let text = try reader.value(of: word)
                let name = text.lowercased()
                guard let suite = ciphers.first(where: { $0.0 == name })?.1 ?? (name == "default" ? .default : nil)
                else {
                    throw WordError(.notOneOf(text, ["default"] + ciphers.dropFirst().map(\.0)), word)
                }
                macsec.cipherSuite = suite
            default: return false
            }
            attributes = macsec.attributes
            return true
        },
        finishing: { attributes throws(WordError) in
            let macsec = MACsec(attributes: attributes)
            let marks = [
                ("send_sci", macsec.sendsIdentifier), ("end_station", macsec.isEndStation),
                ("scb", macsec.isSingleCopyBroadcast),
            ].filter { $0.1 == true }.map(\.0)
            if marks.count > 1 { throw WordError(.excludes(marks[0]), marks[1]) }
            if macsec.replayWindow != nil, macsec.protectsFromReplay == nil {
                throw WordError(.missing("'replay on' beside it"), "window")
            }
            if macsec.protectsFromReplay == true, macsec.replayWindow == nil {
                throw WordError(.missing("'window' and a number beside it"), "replay")
            }
        })

    /// The first and the second are one suite: the kernel reports it by the first number, and takes both.
    private static let ciphers: [(String, MACsecCipherSuite)] = [
        ("gcm-aes-128", .default), ("gcm-aes-128", .gcmAES128), ("gcm-aes-256", .gcmAES256),
        ("gcm-aes-xpn-128", .gcmAESXPN128), ("gcm-aes-xpn-256", .gcmAESXPN256),
    ]
}
