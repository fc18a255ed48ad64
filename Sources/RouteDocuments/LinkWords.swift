internal import Kernel
internal import Netlink
package import RouteNetlink

/// What the words of `ip link add` and `ip link set` say.
package struct LinkWords: Sendable {
    /// Which command the words are of: each has words of its own.
    package enum Command: Sendable {
        case add, set
        /// The other end of a new pair.
        case peer
    }

    /// What the link is to be.
    package var settings = LinkSettings()
    /// The link that is changed, by its name; of a new one, the name is in ``settings``.
    package var target: String?
    /// Alternative names to give.
    package var alternativeNames: [String] = []

    private let command: Command
    private let links: LinkDirectory

    private init(_ command: Command, _ links: LinkDirectory) {
        self.command = command
        self.links = links
    }

    /// Reads them to their end.
    package static func parse(
        _ words: [String], _ command: Command, _ links: LinkDirectory
    ) throws(WordError) -> LinkWords {
        var result = LinkWords(command, links)
        var reader = WordReader(words)
        while let word = reader.next() { try result.take(word, &reader) }
        if command == .set, result.target == nil { throw WordError(.missing("the name of a link"), "set") }
        if command == .add, result.settings.options == nil { throw WordError(.missing("'type' and a kind"), "add") }
        return result
    }

    /// The words of all, and those of each command.
    private func words() -> [String] {
        let common = [
            "dev", "name", "type", "mtu", "address", "broadcast", "txqueuelen", "master", "group", "alias", "netns",
            "up",
            "down", "arp", "multicast", "allmulticast", "promisc", "dynamic", "carrier", "protodown", "mode",
            "gso_max_size", "gso_max_segs", "gro_max_size", "link-netnsid", "altname",
        ]
        return common
            + (command == .set
                ? ["nomaster", "vrf", "addrgenmode", "protodown_reason"]
                : ["link", "index", "numtxqueues", "numrxqueues"])
    }

    private mutating func take(_ word: String, _ reader: inout WordReader) throws(WordError) {
        if try takeFlag(word, &reader) { return }
        if try takeNumber(word, &reader) { return }
        switch word {
        case "dev": try takeName(try reader.value(of: word))
        case "name": settings.name = try Self.name(word, try reader.value(of: word))
        case "type": try takeKind(try reader.value(of: word), &reader)
        case "address", "broadcast":
            let address = try LinkOption.hardware(word, try reader.value(of: word))
            if word == "address" { settings.hardwareAddress = address } else { settings.broadcastAddress = address }
        case "master": settings.master = try LinkOption.link(word, try reader.value(of: word), links)
        case "vrf" where command == .set: settings.master = try LinkOption.link(word, try reader.value(of: word), links)
        case "nomaster" where command == .set: settings.master = 0
        case "link" where command != .set:
            settings.lowerLink = try LinkOption.link(word, try reader.value(of: word), links)
        case "alias": settings.alias = try reader.value(of: word)
        case "altname": alternativeNames.append(try reader.value(of: word))
        case "netns": try takeNamespace(try reader.value(of: word))
        case "addrgenmode" where command == .set:
            let text = try reader.value(of: word)
            guard let mode = AddressGenerationMode(text) else {
                throw WordError(.notOneOf(text, ["eui64", "none", "stable_secret", "random"]), word)
            }
            settings.addressGenerationMode = mode
        case "mode":
            let text = try reader.value(of: word)
            guard let mode = ["default", "dormant"].firstIndex(of: text.lowercased()) else {
                throw WordError(.notOneOf(text, ["default", "dormant"]), word)
            }
            settings.mode = UInt8(mode)
        case "protodown_reason" where command == .set:
            let bit = try LinkOption.number(word, try reader.value(of: word), 0...31)
            settings.setProtocolDownReason(Int(bit), try Self.onOff(word, &reader))
        default: try takeName(word)
        }
    }

    /// A word that is nothing else is the link's name, once.
    private mutating func takeName(_ word: String) throws(WordError) {
        if command == .set, target == nil {
            target = word
        } else if command != .set, settings.name == nil {
            settings.name = try Self.name("name", word)
        } else {
            throw .unknownWord(word, of: "link \(command == .set ? "set" : "add")", among: words())
        }
    }

    private mutating func takeFlag(_ word: String, _ reader: inout WordReader) throws(WordError) -> Bool {
        switch word {
        case "up": settings.isUp = true
        case "down": settings.isUp = false
        case "arp": settings.set(.noARP, try !Self.onOff(word, &reader))
        case "multicast": settings.set(.multicast, try Self.onOff(word, &reader))
        case "allmulticast": settings.set(.allMulticast, try Self.onOff(word, &reader))
        case "promisc": settings.set(.promiscuous, try Self.onOff(word, &reader))
        case "dynamic": settings.set(.dynamic, try Self.onOff(word, &reader))
        case "trailers": settings.set(.noTrailers, try !Self.onOff(word, &reader))
        case "carrier": settings.hasCarrier = try Self.onOff(word, &reader)
        case "protodown": settings.isProtocolDown = try Self.onOff(word, &reader)
        default: return false
        }
        return true
    }

    private mutating func takeNumber(_ word: String, _ reader: inout WordReader) throws(WordError) -> Bool {
        func number(_ range: ClosedRange<Int64> = IntegerWidth.u32.range) throws(WordError) -> UInt32 {
            UInt32(clamping: try LinkOption.number(word, try reader.value(of: word), range))
        }
        switch word {
        case "mtu": settings.maximumTransmissionUnit = try number()
        case "txqueuelen", "qlen", "txqlen": settings.transmitQueueLength = try number(0...Int64(Int32.max))
        case "group":
            settings.group = reader.peek == "default" ? 0 : nil
            if settings.group == 0 { _ = reader.next() } else { settings.group = try number() }
        case "numtxqueues" where command != .set: settings.transmitQueueCount = try number(1...4096)
        case "numrxqueues" where command != .set: settings.receiveQueueCount = try number(1...4096)
        case "gso_max_size": settings.largestSegmentation = try number()
        case "gso_max_segs": settings.mostSegments = try number()
        case "gro_max_size": settings.largestReceiveAggregate = try number()
        case "link-netnsid": settings.lowerLinkNamespace = Int32(clamping: try number(0...Int64(Int32.max)))
        case "index" where command != .set: settings.index = Int32(clamping: try number(1...Int64(Int32.max)))
        default: return false
        }
        return true
    }

    /// The kind, and all words that follow.
    private mutating func takeKind(_ kind: String, _ reader: inout WordReader) throws(WordError) {
        let isPort = command == .set && kind.hasSuffix("_slave")
        let name = isPort ? String(kind.dropLast("_slave".count)) : kind
        let vocabulary = isPort ? LinkVocabulary.port(name) : LinkVocabulary.link(name)
        let attributes: AttributeSet
        if let vocabulary {
            attributes = try vocabulary.attributes(from: &reader, links, changing: current(name, isPort))
        } else {
            attributes = AttributeSet()
            if let word = reader.next() { throw .unknownWord(word, of: kind, among: []) }
        }
        let options = UnknownLinkKind(name, attributes: attributes)
        if isPort { settings.portOptions = options } else { settings.options = options }
    }

    /// The kinds whose driver takes a change for the whole: what the request leaves out becomes zero (ipgre_changelink, ipip_changelink,
    /// ip6_tnl_changelink and their kin read all parameters anew).
    private static let wholeKinds: Set = [
        "gre", "gretap", "erspan", "ip6gre", "ip6gretap", "ip6erspan", "ipip", "sit", "ip6tnl", "vti", "vti6",
    ]

    /// What a change of the link's options starts from: of those kinds its own, of all others nothing.
    private func current(_ kind: String, _ isPort: Bool) -> AttributeSet {
        guard command == .set, !isPort, Self.wholeKinds.contains(kind),
            let link = target.flatMap({ links.index(of: $0) }).flatMap({ links.links[$0] }), link.kind == kind
        else { return AttributeSet() }
        return link.options?.attributes ?? AttributeSet()
    }

    /// A process's number, or the name of a namespace that the caller has opened.
    private mutating func takeNamespace(_ text: String) throws(WordError) {
        if let number = LinkOption.integer(text), (0...Int64(UInt32.max)).contains(number) {
            settings.namespaceOfProcess = UInt32(clamping: number)
        } else if let descriptor = links.namespaceDescriptors[text] {
            settings.namespaceDescriptor = descriptor
        } else {
            throw WordError(.malformed(text, form: "the name of a network namespace, or a process's number"), "netns")
        }
    }

    /// The names of namespaces among the words, to be opened before they are read.
    package static func namespaces(in words: [String]) -> [String] {
        zip(words, words.dropFirst()).filter { $0.0 == "netns" && LinkOption.integer($0.1) == nil }.map(\.1)
    }

    private static func onOff(_ word: String, _ reader: inout WordReader) throws(WordError) -> Bool {
        let text = try reader.value(of: word)
        guard text == "on" || text == "off" else { throw WordError(.notOneOf(text, ["on", "off"]), word) }
        return text == "on"
    }

    /// What the kernel takes as a name (dev_valid_name).
    private static func name(_ word: String, _ name: String) throws(WordError) -> String {
        let isValid =
            !name.isEmpty && name.utf8.count < 16 && name != "." && name != ".."
            && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: ":") || $0 <= 32 }
        guard isValid else {
            throw WordError(.malformed(name, form: "1 to 15 bytes without blank, colon and slash"), word)
        }
        return name
    }
}
