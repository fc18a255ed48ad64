import Kernel
import Netlink
import TestSupport
import Testing

@Suite("Netlink's wire format")
struct WireTests {
    /// A link's message of nested attributes of every make, unpadded at its end.
    static func sample() throws -> [UInt8] {
        var request = NetlinkRequest("sample", type: 16, flags: .multipart)
        request.body.append(bytes: [UInt8](repeating: 7, count: 16))
        request.body.attribute(3, text: "eth0")
        request.body.attribute(4, integer: UInt32(1500))
        request.body.attribute(23, integer: UInt64(0x0102_0304_0506_0708))
        request.body.attribute(1, bytes: [0x52, 0x54, 0, 0x12, 0x34, 0x56])
        request.body.nest(18) {
            $0.attribute(1, text: "vlan")
            $0.nest(2) { $0.attribute(1, integer: UInt16(100)) }
        }
        request.body.attribute(0x3ff0, bytes: [])
        return try request.encoded(sequence: 5, port: 6)
    }

    @Test("what the builder makes, the cursors find again")
    func roundTrip() throws {
        let bytes = try Self.sample()
        let span = unsafe bytes.span.bytes
        var cursor = MessageCursor()
        let message = try #require(try cursor.next(span))
        #expect(message.type == 16 && message.sequence == 5 && message.port == 6)
        #expect(message.flags == [.request, .multipart])
        #expect(message.body == 16..<bytes.count)
        var attributes = message.attributes(after: 16)
        let name = try #require(try attributes.next(span))
        #expect(try name.type == 3 && name.text(span) == "eth0" && name.payload.count == 5)
        #expect(try #require(try attributes.next(span)).integer(span, as: UInt32.self) == 1500)
        #expect(try #require(try attributes.next(span)).integer(span, as: UInt64.self) == 0x0102_0304_0506_0708)
        #expect(try #require(try attributes.next(span)).copy(span) == [0x52, 0x54, 0, 0x12, 0x34, 0x56])
        let information = try #require(try attributes.next(span))
        #expect(information.type == 18 && information.rawType == 18 | 0x8000 && information.isMarkedNested)
        var inner = information.nested
        #expect(try #require(try inner.next(span)).text(span) == "vlan")
        var data = try #require(try inner.next(span)).nested
        #expect(try #require(try data.next(span)).integer(span, as: UInt16.self) == 100)
        #expect(try data.next(span) == nil)
        let unknown = try #require(try attributes.next(span))
        #expect(unknown.type == 0x3ff0 && unknown.payload.isEmpty)
        #expect(try attributes.next(span) == nil)
        #expect(try cursor.next(span) == nil)
    }

    @Test("every prefix of a message is an error with its offset, or nothing at all")
    func prefixes() throws {
        let bytes = try Self.sample()
        for count in 0..<bytes.count {
            let part = Array(bytes.prefix(count))
            var cursor = MessageCursor()
            if count == 0 {
                #expect(try cursor.next(unsafe part.span.bytes) == nil)
                continue
            }
            let defect: NetlinkError.Defect = count < 16 ? .truncatedHeader : .lengthPastEnd(bytes.count)
            #expect(throws: NetlinkError(.malformed(defect), operation: "decode", offset: 0)) {
                try cursor.next(unsafe part.span.bytes)
            }
        }
    }

    @Test("an nlmsg_len below its header is an error, not a loop", arguments: 0...15)
    func messageLength(length: Int) {
        var bytes = [UInt8](repeating: 0, count: 32)
        bytes[0] = UInt8(length)
        #expect(throws: NetlinkError(.malformed(.lengthBelowHeader(length)), operation: "decode", offset: 0)) {
            var cursor = MessageCursor()
            while try cursor.next(unsafe bytes.span.bytes) != nil {}
        }
    }

    @Test("an nla_len of 0…3, or past its end, is an error with its offset", arguments: [0, 1, 2, 3, 13, 0xffff])
    func attributeLength(length: Int) {
        var bytes = [UInt8](repeating: 0, count: 16)
        bytes[0] = 4
        bytes[4] = UInt8(length & 0xff)
        bytes[5] = UInt8(length >> 8)
        let defect: NetlinkError.Defect = length < 4 ? .lengthBelowHeader(length) : .lengthPastEnd(length)
        #expect(throws: NetlinkError(.malformed(defect), operation: "decode", offset: 4)) {
            var cursor = AttributeCursor(0..<16)
            while try cursor.next(unsafe bytes.span.bytes) != nil {}
        }
    }

    @Test("the last attribute may lack its padding, and one to three stray bytes are an error")
    func padding() throws {
        let bytes: [UInt8] = [5, 0, 1, 0, 0xaa]
        var cursor = AttributeCursor(0..<5)
        #expect(try #require(try cursor.next(unsafe bytes.span.bytes)).copy(unsafe bytes.span.bytes) == [0xaa])
        #expect(try cursor.next(unsafe bytes.span.bytes) == nil)
        for stray in 1...3 {
            var cursor = AttributeCursor(0..<stray)
            #expect(throws: NetlinkError.self) { try cursor.next(unsafe bytes.span.bytes) }
        }
    }

    @Test("a range past the bytes is an error, not a trap")
    func foreignRange() {
        let bytes: [UInt8] = [8, 0, 1, 0]
        var cursor = AttributeCursor(0..<100)
        #expect(throws: NetlinkError.self) { try cursor.next(unsafe bytes.span.bytes) }
        var beyond = AttributeCursor(50..<100)
        #expect(throws: NetlinkError.self) { try beyond.next(unsafe bytes.span.bytes) }
    }

    @Test("a payload shorter than its type is an error; a longer one gives its front")
    func integers() throws {
        let bytes: [UInt8] = [8, 0, 1, 0, 1, 0, 0, 0]
        var cursor = AttributeCursor(0..<8)
        let attribute = try #require(try cursor.next(unsafe bytes.span.bytes))
        #expect(try attribute.integer(unsafe bytes.span.bytes, as: UInt8.self) == 1)
        #expect(throws: NetlinkError(.malformed(.tooShort(4)), operation: "decode", offset: 0)) {
            try attribute.integer(unsafe bytes.span.bytes, as: UInt64.self)
        }
    }

    @Test("an attribute that outgrows its length is refused before it is sent")
    func tooLong() {
        var request = NetlinkRequest("add", "link x", type: 16)
        request.body.nest(1) { for _ in 0..<3 { $0.attribute(1, bytes: [UInt8](repeating: 0, count: 30_000)) } }
        #expect(throws: NetlinkError(.malformed(.attributeTooLong), operation: "add", subject: "link x")) {
            try request.encoded(sequence: 1, port: 1)
        }
    }

    @Test("a hundred thousand damaged messages neither trap nor loop")
    func damage() throws {
        let whole = try Self.sample() + Self.sample()
        var random = SeededGenerator(seed: 0x5eed)
        var visits = 0
        for _ in 0..<100_000 {
            visits += walk(random.damaged(whole))
        }
        #expect(visits > 100_000)
    }
}

/// Visits all messages and attributes, nested or not, to a depth of 16; the number of visits is bounded by the bytes.
func walk(_ bytes: [UInt8]) -> Int {
    let span = unsafe bytes.span.bytes
    var visits = 0
    var messages = MessageCursor()
    while let message = try? messages.next(span) {
        visits += 1
        _ = try? ExtendedAcknowledgement(message, in: span)
        var levels = [message.attributes(after: 16)]
        while var level = levels.popLast() {
            guard let attribute = try? level.next(span) else { continue }
            visits += 1
            _ = try? attribute.text(span)
            _ = try? attribute.integer(span, as: UInt64.self)
            _ = try? attribute.address(span)
            levels.append(level)
            if levels.count < 16 { levels.append(attribute.nested) }
        }
        if visits > bytes.count * 16 {
            Issue.record("a walk that does not end")
            break
        }
    }
    return visits
}
