import CKernel
import Kernel
import Netlink
import Testing

@Suite("Sets of attributes")
struct AttributeSetTests {
    @Test("the type's mask is the header's")
    func mask() {
        #expect(SW_NLA_TYPE_MASK == 0x3fff)
    }

    @Test("what is set is read again, the last of a type counts, and nil removes")
    func values() throws {
        var set = AttributeSet()
        set[4, as: UInt32.self] = 1500
        set[text: 3] = "eth0"
        set[bigEndian: 5, as: UInt16.self] = 0x88a8
        set[address: 6] = IPAddress("fd00::1")
        set[address: 7] = IPAddress("10.1.2.3")
        set[presence: 8] = true
        set[flag: 9] = true
        var inner = AttributeSet()
        inner[1, as: UInt16.self] = 100
        set[nested: 18] = inner
        #expect(set.types == [4, 3, 5, 6, 7, 8, 9, 18])
        #expect(set[4, as: UInt32.self] == 1500 && set[text: 3] == "eth0")
        #expect(set.payload(5) == [0x88, 0xa8] && set[bigEndian: 5, as: UInt16.self] == 0x88a8)
        #expect(set[address: 6] == IPAddress("fd00::1") && set.payload(7) == [10, 1, 2, 3])
        #expect(set[presence: 8] && set[flag: 9] == true && set[nested: 18]?[1, as: UInt16.self] == 100)
        set.append { $0.attribute(4, integer: UInt32(9000)) }
        #expect(set[4, as: UInt32.self] == 9000)
        set[4, as: UInt32.self] = nil
        #expect(set[4, as: UInt32.self] == nil && set.types == [3, 5, 6, 7, 8, 9, 18])
        #expect(try AttributeSet(set.bytes) == set)
    }

    @Test("a payload too short for what is asked answers nil and stays")
    func short() throws {
        let set = try AttributeSet([5, 0, 4, 0, 7, 0, 0, 0])
        #expect(set[4, as: UInt32.self] == nil && set[4, as: UInt8.self] == 7 && set[address: 4] == nil)
        #expect(set.nested(4) == nil && set.bytes == [5, 0, 4, 0, 7, 0, 0, 0])
    }

    @Test("bytes that are no walk of attributes are refused with the offset")
    func malformed() {
        for (bytes, offset) in [
            ([4, 0, 1], 0), ([0, 0, 1, 0], 0), ([8, 0, 1, 0, 1, 2, 3, 4, 255, 255, 1, 0], 8), ([5, 0, 1, 0], 0),
        ] as [([UInt8], Int)] {
            let error = #expect(throws: NetlinkError.self) { try AttributeSet(bytes) }
            #expect(error?.offset == offset)
        }
    }

    @Test("an attribute of more than its length can say makes a request that is not sent")
    func tooLong() {
        var request = NetlinkRequest("add", "thing", type: 16)
        request.body.attribute(1, bytes: [UInt8](repeating: 0, count: 65_532))
        #expect(throws: NetlinkError.self) { try request.encoded(sequence: 1, port: 1) }
        var fits = NetlinkRequest("add", "thing", type: 16)
        fits.body.attribute(1, bytes: [UInt8](repeating: 0, count: 65_531))
        #expect(throws: Never.self) { try fits.encoded(sequence: 1, port: 1) }
        var set = AttributeSet()
        set[bytes: 1] = [UInt8](repeating: 0, count: 70_000)
        var outer = NetlinkRequest("add", "thing", type: 16)
        outer.body.append(set)
        #expect(throws: NetlinkError.self) { try outer.encoded(sequence: 1, port: 1) }
    }
}
