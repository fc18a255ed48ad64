import GuestRPC
import Kernel
import TestSupport
import Testing

@Suite("Guest RPC's packets")
struct DataMapTests {
    private func bytes(_ hex: String) -> [UInt8] {
        let digits = hex.filter { !$0.isWhitespace }.map { UInt8($0.hexDigitValue ?? 0) }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    /// From the layout in open-vm-tools' dataMap.c, by hand.
    private static let samples: [(map: DataMap, hex: String)] = [
        (DataMap(), "00000000"),
        (DataMap([.init(1, .number(1))]), "00000010 00000001 00000001 00000001 00000000"),
        (DataMap([.init(7, .number(-2))]), "00000010 00000001 00000007 fffffffe ffffffff"),
        (DataMap([.init(7, .number(0x0102_0304_0506_0708))]), "00000010 00000001 00000007 05060708 01020304"),
        (DataMap([.init(2, .string([]))]), "0000000c 00000002 00000002 00000000"),
        (DataMap([.init(2, .string(text("1 x")))]), "0000000f 00000002 00000002 00000003 312078"),
        (
            DataMap([.init(0x8000_0001, .numbers([1, -1]))]),
            "0000001c 00000003 80000001 00000002 00000001 00000000 ffffffff ffffffff"
        ),
        (
            DataMap([.init(5, .strings([text("a"), [], text("bc")]))]),
            "0000001b 00000004 00000005 00000003 00000001 61 00000000 00000002 6263"
        ),
        (
            DataMap([.init(5, .strings([])), .init(4, .numbers([]))]),
            "00000018 00000004 00000005 00000000 00000003 00000004 00000000"
        ),
    ]

    @Test("fields of the four types are as the layout has them, both ways", arguments: 0..<Self.samples.count)
    func layout(_ number: Int) throws {
        let (map, hex) = Self.samples[number]
        #expect(map.encoded() == bytes(hex))
        #expect(try DataMap(packet: bytes(hex)) == map)
        #expect(try DataMap(content: Array(bytes(hex).dropFirst(4))) == map)
    }

    @Test(
        "every prefix of a packet is an error, and what its length does not cover too",
        arguments: 0..<Self.samples.count)
    func prefixes(_ number: Int) throws {
        let whole = bytes(Self.samples[number].hex)
        for count in 0..<whole.count {
            let error = #expect(throws: GuestRPCError.self) { try DataMap(packet: Array(whole.prefix(count))) }
            #expect(error?.offset == 0)
        }
        for count in 1..<max(1, whole.count - 4) where number < 8 {
            #expect(throws: GuestRPCError.self) { try DataMap(content: Array(whole[4..<4 + count])) }
        }
        #expect(throws: GuestRPCError.self) { try DataMap(packet: whole + [0]) }
    }

    @Test(
        "what is wrong is told, with where",
        arguments: [
            ("00000000 00000001 00000000 00000000", .unknownType(0), 0),
            ("00000005 00000001 00000000 00000000", .unknownType(5), 0),
            ("ffffffff 00000001 00000000 00000000", .unknownType(0xffff_ffff), 0),
            ("00000001 00000001 00000001", .truncated, 12),
            ("00000001", .truncated, 4),
            ("00000001 00000001 00000001 00000000 00000002 00000001 00000000", .duplicateField(1), 16),
            ("00000002 00000001 00000002 61", .lengthPastEnd, 8),
            ("00000002 00000001 ffffffff 61", .lengthPastEnd, 8),
            ("00000002 00000001 7fffffff 61", .lengthPastEnd, 8),
            ("00000003 00000001 00000002 00000000 00000000", .lengthPastEnd, 8),
            ("00000003 00000001 80000000", .lengthPastEnd, 8),
            ("00000004 00000001 7fffffff 00000000", .lengthPastEnd, 8),
            ("00000004 00000001 00000001 00000002 61", .lengthPastEnd, 12),
        ] as [(String, GuestRPCError.Defect, Int)])
    func defects(_ hex: String, _ defect: GuestRPCError.Defect, _ offset: Int) {
        let error = #expect(throws: GuestRPCError.self) { try DataMap(content: bytes(hex)) }
        #expect(error?.kind == .malformed(defect) && error?.offset == offset)
    }

    @Test("whatever bytes come, it is an error or a map that is written as the same bytes")
    func damage() throws {
        var random = SeededGenerator(seed: Sweep.seed ?? 5)
        var read = 0
        for _ in 0..<(Sweep.isLong ? 2_000_000 : 20_000) {
            let content = random.damaged(Array(random.map().encoded()?.dropFirst(4) ?? []))
            guard let map = try? DataMap(content: content) else { continue }
            read += 1
            #expect(map.encoded().map { Array($0.dropFirst(4)) } == content)
        }
        #expect(read > 1000)
    }
}

extension SeededGenerator {
    /// A map of up to six fields of any types.
    mutating func map() -> DataMap {
        var ids = Set<UInt32>()
        var map = DataMap()
        for _ in 0..<number(0...6) {
            let id = chance(70) ? UInt32(number(0...9)) : UInt32.random(in: 0...UInt32.max, using: &self)
            guard ids.insert(id).inserted else { continue }
            let value: DataMap.Value
            switch number(0...3) {
            case 0: value = .number(integer())
            case 1: value = .string(string())
            case 2: value = .numbers((0..<number(0...4)).map { _ in integer() })
            default: value = .strings((0..<number(0...4)).map { _ in string() })
            }
            map.fields.append(.init(id, value))
        }
        return map
    }

    private mutating func integer() -> Int64 {
        chance(50) ? Int64(number(-3...3)) : Int64.random(in: .min ... .max, using: &self)
    }
    private mutating func string() -> [UInt8] {
        (0..<number(0...20)).map { _ in UInt8.random(in: 0...255, using: &self) }
    }
}
