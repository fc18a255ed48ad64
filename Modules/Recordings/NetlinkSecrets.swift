internal import CKernel
internal import Kernel
internal import Netlink

/// Takes the keys out of a capture: a mark (``RedactedBytes``) is written over their bytes, so that every length stays, and a reader
/// can tell a key that was taken from none.
///
/// It reads more freely than a decoder: of what is cut, it takes what is there; what it cannot follow, where keys may stand, goes
/// whole. A generic family that the capture does not name may be any, so it is taken for all that have keys.
struct NetlinkSecrets {
    /// Where a key stands among the attributes of a message.
    struct Place: Hashable {
        /// For the manifest: the attribute's name.
        let name: String
        /// Attribute types from the outside; nil is any, for arrays.
        let path: [UInt16?]
        /// How many bytes before the key the attribute has.
        var offset = 0

        init(_ name: String, _ path: UInt32?..., offset: Int = 0) {
            self.name = name
            self.path = path.map { $0.map { UInt16(truncatingIfNeeded: $0) } }
            self.offset = offset
        }
    }

    /// By the names of generic netlink's families, as linux/wireguard.h, linux/if_macsec.h and linux/seg6_genl.h have them.
    private static let generic: [String: [Place]] = [
        WG_GENL_NAME: [
            Place("WGDEVICE_A_PRIVATE_KEY", WGDEVICE_A_PRIVATE_KEY.rawValue),
            Place("WGPEER_A_PRESHARED_KEY", WGDEVICE_A_PEERS.rawValue, nil, WGPEER_A_PRESHARED_KEY.rawValue),
        ],
        MACSEC_GENL_NAME: [
            Place("MACSEC_SA_ATTR_KEY", MACSEC_ATTR_SA_CONFIG.rawValue, MACSEC_SA_ATTR_KEY.rawValue)
        ],
        SEG6_GENL_NAME: [Place("SEG6_ATTR_SECRET", UInt32(SEG6_ATTR_SECRET))],
    ]

    /// IPsec's algorithms (linux/xfrm.h): a name, lengths, and the key behind them.
    private static let ipsec: [Place] = [
        Place("XFRMA_ALG_AUTH", UInt32(SW_XFRMA_ALG_AUTH), offset: Int(SW_XFRM_ALGO_SIZE)),
        Place("XFRMA_ALG_CRYPT", UInt32(SW_XFRMA_ALG_CRYPT), offset: Int(SW_XFRM_ALGO_SIZE)),
        Place("XFRMA_ALG_AEAD", UInt32(SW_XFRMA_ALG_AEAD), offset: Int(SW_XFRM_ALGO_AEAD_SIZE)),
        Place("XFRMA_ALG_AUTH_TRUNC", UInt32(SW_XFRMA_ALG_AUTH_TRUNC), offset: Int(SW_XFRM_ALGO_AUTH_SIZE)),
    ]

    /// The names that the capture's own answers give to family numbers; a number may come again for another.
    private var names: [UInt16: Set<String>] = [:]
    private var found: Set<String> = []

    /// Redacts `capture`, and answers with what was taken, sorted; nothing where there were no keys, or only zeros for them.
    static func remove(from capture: inout NetlinkCapture) -> [String] {
        var secrets = NetlinkSecrets()
        for datagram in capture.datagrams where datagram.family == .generic && datagram.direction == .toUser {
            secrets.learn(datagram.bytes)
        }
        for position in capture.datagrams.indices {
            let family = capture.datagrams[position].family
            guard family == .generic || family == .ipsec else { continue }
            secrets.clean(&capture.datagrams[position].bytes, family)
        }
        return secrets.found.sorted()
    }

    // MARK: Families' names

    /// Takes the names from the CTRL_CMD_NEWFAMILY messages of a datagram.
    private mutating func learn(_ bytes: [UInt8]) {
        for message in LooseMessage.all(in: bytes, 0..<bytes.count)
        where Int32(message.type) == GENL_ID_CTRL
            && bytes.number(at: message.body.lowerBound) == UInt8(CTRL_CMD_NEWFAMILY)
        {
            var number: UInt16?
            var name: String?
            for attribute in LooseAttribute.all(in: bytes, Self.attributes(of: message)).found {
                switch UInt32(attribute.type) {
                case UInt32(CTRL_ATTR_FAMILY_ID): number = bytes.number(at: attribute.payload.lowerBound)
                case UInt32(CTRL_ATTR_FAMILY_NAME):
                    name = String(decoding: bytes[attribute.payload].prefix { $0 != 0 }, as: UTF8.self)
                default: break
                }
            }
            if let number, let name { names[number, default: []].insert(name) }
        }
    }

    private static func attributes(of message: LooseMessage) -> Range<Int> {
        let header = MemoryLayout<genlmsghdr>.size
        return min(message.body.lowerBound + header, message.body.upperBound)..<message.body.upperBound
    }

    /// Where a generic family's keys stand.
    private func places(_ type: UInt16) -> [Place] {
        // Below: netlink's own messages, and the numbers that are always the same (the controller, quotas, pmcraid).
        if Int32(type) < GENL_ID_CTRL + 3 { return [] }
        guard let names = names[type] else { return Self.generic.values.flatMap { $0 } }
        return names.flatMap { Self.generic[$0] ?? [] }
    }

    // MARK: Cleaning

    private mutating func clean(_ bytes: inout [UInt8], _ family: NetlinkSocket.Family) {
        for message in LooseMessage.all(in: bytes, 0..<bytes.count) { clean(&bytes, message, family) }
        // What is behind a broken frame is no message any more, and may hold anything.
        let end = LooseMessage.all(in: bytes, 0..<bytes.count).last?.end ?? 0
        zero(&bytes, end..<bytes.count, "malformed messages")
    }

    private mutating func clean(_ bytes: inout [UInt8], _ message: LooseMessage, _ family: NetlinkSocket.Family) {
        if Int32(message.type) == NLMSG_ERROR {
            // The errno, and then the request that was refused.
            let echo = min(message.body.lowerBound + 4, message.body.upperBound)..<message.body.upperBound
            if let request = LooseMessage.all(in: bytes, echo).first, Int32(request.type) != NLMSG_ERROR {
                clean(&bytes, request, family)
            }
            return
        }
        if family == .generic {
            let places = places(message.type)
            if !places.isEmpty { clean(&bytes, Self.attributes(of: message), places) }
            return
        }
        let header: Int32
        switch message.type {
        case SW_XFRM_MSG_NEWSA, SW_XFRM_MSG_UPDSA: header = SW_XFRM_USERSA_INFO_SIZE
        case SW_XFRM_MSG_DELSA: header = SW_XFRM_USERSA_ID_SIZE
        default: return
        }
        let start = min(message.body.lowerBound + (Int(header) + 3) & ~3, message.body.upperBound)
        clean(&bytes, start..<message.body.upperBound, Self.ipsec)
    }

    /// Goes down the attributes by the places' paths, at most as deep as the longest of them.
    private mutating func clean(_ bytes: inout [UInt8], _ range: Range<Int>, _ places: [Place], _ depth: Int = 0) {
        let attributes = LooseAttribute.all(in: bytes, range)
        for attribute in attributes.found {
            let here = places.filter { $0.path.count > depth && ($0.path[depth] ?? attribute.type) == attribute.type }
            for place in here where place.path.count == depth + 1 {
                let start = min(attribute.payload.lowerBound + place.offset, attribute.payload.upperBound)
                blank(&bytes, start..<attribute.payload.upperBound, place.name)
            }
            let deeper = here.filter { $0.path.count > depth + 1 }
            if !deeper.isEmpty { clean(&bytes, attribute.payload, deeper, depth + 1) }
        }
        zero(&bytes, attributes.end..<range.upperBound, "malformed attributes")
    }

    /// Zeros alone are no key: they stay.
    private mutating func blank(_ bytes: inout [UInt8], _ range: Range<Int>, _ name: String) {
        guard bytes[range].contains(where: { $0 != 0 }) else { return }
        bytes.replaceSubrange(range, with: RedactedBytes.replacing(count: range.count))
        found.insert(name)
    }

    private mutating func zero(_ bytes: inout [UInt8], _ range: Range<Int>, _ name: String) {
        guard bytes[range].contains(where: { $0 != 0 }) else { return }
        for position in range { bytes[position] = 0 }
        found.insert(name)
    }
}

/// A message of a datagram that may be cut or broken: as much of it as there is.
private struct LooseMessage {
    let type: UInt16
    let body: Range<Int>
    /// Where the next one begins.
    let end: Int

    /// Those in `range`, up to one whose length cannot be.
    static func all(in bytes: [UInt8], _ range: Range<Int>) -> [LooseMessage] {
        var messages: [LooseMessage] = []
        var offset = range.lowerBound
        while range.upperBound - offset >= NetlinkMessage.headerSize,
            let length: UInt32 = bytes.number(at: offset), let type: UInt16 = bytes.number(at: offset + 4),
            length >= NetlinkMessage.headerSize
        {
            let end = min(range.upperBound, offset + Int(length))
            let next = min(range.upperBound, offset + (Int(length) + 3) & ~3)
            messages.append(LooseMessage(type: type, body: offset + NetlinkMessage.headerSize..<end, end: next))
            offset = next
        }
        return messages
    }
}

/// An attribute of a message that may be cut or broken: as much of it as there is.
private struct LooseAttribute {
    let type: UInt16
    let payload: Range<Int>

    /// Those in `range`, and where they end: before the range's end where a length cannot be.
    static func all(in bytes: [UInt8], _ range: Range<Int>) -> (found: [LooseAttribute], end: Int) {
        var attributes: [LooseAttribute] = []
        var offset = range.lowerBound
        while range.upperBound - offset >= 4, let length: UInt16 = bytes.number(at: offset),
            let type: UInt16 = bytes.number(at: offset + 2), length >= 4
        {
            let end = min(range.upperBound, offset + Int(length))
            attributes.append(LooseAttribute(type: type & 0x3fff, payload: offset + 4..<end))
            offset = min(range.upperBound, offset + (Int(length) + 3) & ~3)
        }
        return (attributes, offset)
    }
}

extension [UInt8] {
    /// An integer in the machine's order; nil where the bytes end before.
    fileprivate func number<Value: FixedWidthInteger & BitwiseCopyable>(at offset: Int) -> Value? {
        guard offset >= 0 else { return nil }
        var cursor = ByteCursor(at: offset)
        // SAFETY: the span is of the array, which lives through the call; any byte is a byte.
        return unsafe cursor.load(span.bytes)
    }
}
