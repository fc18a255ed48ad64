internal import CKernel
internal import Kernel
internal import Netlink
internal import RouteNetlink

extension RouteEncapsulation {
    /// What follows `encap`, as far as the words are the encapsulation's. Not taken: `ila`, `bpf` (its program is a file to be loaded),
    /// `rpl`, `ioam6`, and the options of Geneve, VXLAN and ERSPAN; what a kernel tells of them is kept.
    init(_ reader: inout WordReader, _ words: ObjectWords) throws(WordError) {
        let type = try reader.value(of: "encap")
        switch type {
        case "mpls": self = try Self.labels(&reader)
        case "ip", "ip6": self = .tunnel(try RouteTunnel(&reader, words, isIPv4: type == "ip"))
        case "seg6": self = .segmentRouting(try SegmentRouting(&reader, isMode: true))
        case "seg6local": self = try Self.local(&reader, words)
        case "xfrm": self = try Self.transform(&reader, words)
        default: throw WordError(.notOneOf(type, ["mpls", "ip", "ip6", "seg6", "seg6local", "xfrm"]), "encap")
        }
    }

    private static func labels(_ reader: inout WordReader) throws(WordError) -> RouteEncapsulation {
        let text = try reader.value(of: "encap mpls")
        var labels: [RouteNetlink.MPLSLabel] = []
        for part in text.split(separator: "/", omittingEmptySubsequences: false) {
            let number = try LinkOption.number("encap mpls", String(part), 0...0xfffff)
            labels.append(RouteNetlink.MPLSLabel(rawValue: UInt32(clamping: number)))
        }
        guard reader.peek == "ttl" else { return .mpls(labels, timeToLive: nil) }
        _ = reader.next()
        let number = try LinkOption.number("ttl", try reader.value(of: "ttl"), 0...255)
        return .mpls(labels, timeToLive: UInt8(clamping: number))
    }

    private static func local(
        _ reader: inout WordReader, _ words: ObjectWords
    ) throws(WordError) -> RouteEncapsulation {
        var attributes = AttributeSet()
        var flavors = AttributeSet()
        var header: SegmentRouting?
        var action = ""
        let numbers = [
            "nh4": SEG6_LOCAL_NH4, "nh6": SEG6_LOCAL_NH6, "iif": SEG6_LOCAL_IIF, "oif": SEG6_LOCAL_OIF,
            "table": SEG6_LOCAL_TABLE, "vrftable": SEG6_LOCAL_VRFTABLE,
        ]
        while let word = reader.peek {
            guard word == "action" || word == "srh" || word == "count" || word == "flavors" || numbers[word] != nil
            else { break }
            _ = reader.next()
            let attribute = Int(numbers[word] ?? 0)
            switch word {
            case "action":
                action = try reader.value(of: word)
                guard let place = LocalSegment.actions.firstIndex(of: action) else {
                    throw WordError(.notOneOf(action, LocalSegment.actions), word)
                }
                attributes.set(Int(SEG6_LOCAL_ACTION), .u32, Int64(place) + 1)
            case "nh4", "nh6":
                let text = try reader.value(of: word)
                guard let address = IPAddress(text), address.isIPv4 == (word == "nh4") else {
                    throw WordError(.malformed(text, form: word == "nh4" ? "an IPv4 address" : "an IPv6 address"), word)
                }
                attributes[address: attribute] = address
            case "iif", "oif": attributes.set(attribute, .u32, Int64(try words.link(word, &reader)))
            case "srh": header = try SegmentRouting(&reader, isMode: false)
            case "flavors": flavors = try Self.flavors(&reader)
            case "count":
                var counters = AttributeSet()
                for counter in [SEG6_LOCAL_CNT_PACKETS, SEG6_LOCAL_CNT_BYTES, SEG6_LOCAL_CNT_ERRORS] {
                    counters.set(Int(counter), .u64, 0)
                }
                attributes[nested: SEG6_LOCAL_COUNTERS] = counters
            default: attributes.set(attribute, .u32, Int64(try words.named(word, .tables, &reader)))
            }
        }
        guard !action.isEmpty else {
            throw WordError(
                .missing("'action' and one of \(LocalSegment.actions.joined(separator: ", "))"), "seg6local")
        }
        if var header {
            // Into the packet's own header, whose destination goes behind the segments; with a header of its own it has its place.
            if action != "End.B6.Encaps" { header.segments.append(IPv6Address(high: 0, low: 0)) }
            attributes[bytes: SEG6_LOCAL_SRH] = header.header
        }
        if !flavors.bytes.isEmpty { attributes[nested: SEG6_LOCAL_FLAVORS] = flavors }
        return .other(UInt16(LWTUNNEL_ENCAP_SEG6_LOCAL.rawValue), attributes)
    }

    /// `psp,usp`; after `next-csid` the lengths of its parts in bits.
    private static func flavors(_ reader: inout WordReader) throws(WordError) -> AttributeSet {
        var attributes = AttributeSet()
        var bits: Int64 = 0
        let text = try reader.value(of: "flavors")
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let place = LocalSegment.flavors.firstIndex(of: String(part)) else {
                throw WordError(.notOneOf(String(part), LocalSegment.flavors), "flavors")
            }
            bits |= 1 << (Int64(place) + 1)
        }
        attributes.set(Int(SEG6_LOCAL_FLV_OPERATION), .u32, bits)
        for (word, attribute) in [
            ("lblen", SEG6_LOCAL_FLV_LCBLOCK_BITS), ("nflen", SEG6_LOCAL_FLV_LCNODE_FN_BITS),
        ] where reader.peek == word {
            _ = reader.next()
            attributes.set(Int(attribute), .u8, try LinkOption.number(word, try reader.value(of: word), 0...255))
        }
        return attributes
    }

    private static func transform(
        _ reader: inout WordReader, _ words: ObjectWords
    ) throws(WordError) -> RouteEncapsulation {
        var attributes = AttributeSet()
        while let word = reader.peek, word == "if_id" || word == "link_dev" {
            _ = reader.next()
            if word == "if_id" {
                attributes.set(Int(LWT_XFRM_IF_ID), .u32, Int64(try words.number(word, &reader, 1...Int64(UInt32.max))))
            } else {
                attributes.set(Int(LWT_XFRM_LINK), .u32, Int64(try words.link(word, &reader)))
            }
        }
        guard attributes[bytes: LWT_XFRM_IF_ID] != nil else {
            throw WordError(.missing("'if_id' and a number"), "xfrm")
        }
        return .other(UInt16(LWTUNNEL_ENCAP_XFRM.rawValue), attributes)
    }
}

extension RouteTunnel {
    init(_ reader: inout WordReader, _ words: ObjectWords, isIPv4: Bool) throws(WordError) {
        self.init(isIPv4: isIPv4)
        let life = isIPv4 ? "ttl" : "hoplimit"
        let service = isIPv4 ? "tos" : "tc"
        while let word = reader.peek {
            guard ["id", "src", "dst", "key", "csum", "seq", life, service].contains(word) else { return }
            _ = reader.next()
            switch word {
            case "id":
                let text = try reader.value(of: word)
                guard let number = text.hasPrefix("0x") ? UInt64(text.dropFirst(2), radix: 16) : UInt64(text) else {
                    throw WordError(.notNumber(text), word)
                }
                id = number
            case "src": source = try address(word, &reader)
            case "dst": destination = try address(word, &reader)
            case life: timeToLive = try words.byte(word, &reader)
            case service:
                trafficClass = isIPv4 ? try words.serviceField(word, &reader) : try words.byte(word, &reader)
            case "key": flags.insert(.key)
            case "csum": flags.insert(.checksum)
            default: flags.insert(.sequence)
            }
        }
    }

    private func address(_ word: String, _ reader: inout WordReader) throws(WordError) -> IPAddress {
        let text = try reader.value(of: word)
        guard let address = IPAddress(text), address.isIPv4 == isIPv4 else {
            throw WordError(.malformed(text, form: isIPv4 ? "an IPv4 address" : "an IPv6 address"), word)
        }
        return address
    }
}

extension SegmentRouting {
    /// `[mode M] segs A,B [hmac KEY]`; inline, the packet's destination goes behind the segments.
    init(_ reader: inout WordReader, isMode: Bool) throws(WordError) {
        self.init([])
        var isInline = false
        var key: UInt32?
        while let word = reader.peek {
            guard word == "segs" || word == "hmac" || isMode && word == "mode" else { break }
            _ = reader.next()
            let text = try reader.value(of: word)
            switch word {
            case "mode":
                guard let place = RouteEncapsulation.modes.firstIndex(of: text) else {
                    throw WordError(.notOneOf(text, RouteEncapsulation.modes), word)
                }
                mode = Mode(rawValue: Int32(clamping: place))
                isInline = mode == .inline
            case "segs":
                for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                    guard case .v6(let address) = IPAddress(String(part)) else {
                        throw WordError(.malformed(text, form: "IPv6 addresses, apart by commas"), word)
                    }
                    segments.append(address)
                }
            default: key = UInt32(clamping: try LinkOption.number(word, text, 1...Int64(UInt32.max)))
            }
        }
        // The header counts them in a byte, and its length in units of eight bytes.
        guard !segments.isEmpty, segments.count <= 120 else {
            throw WordError(.missing("'segs' and up to 120 IPv6 addresses"), isMode ? "seg6" : "srh")
        }
        if isInline { segments.append(IPv6Address(high: 0, low: 0)) }
        keyID = key
    }
}
