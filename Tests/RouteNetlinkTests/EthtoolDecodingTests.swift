import Kernel
import Netlink
import RouteNetlink
import TestSupport
import Testing

@Suite("Decoding of ethtool's answers")
struct EthtoolDecodingTests {
    @Test("a short bitset is its 32-bit words, and bits past its size are none")
    func short() {
        var set = AttributeSet()
        set[2, as: UInt32.self] = 40
        set.append { $0.attribute(4, bytes: [1, 0, 0, 0x80, 0x81, 1, 0, 0]) }
        set.append { $0.attribute(5, bytes: [3, 0, 0, 0x80, 0xff, 0, 0, 0]) }
        let bits = EthtoolBitset(set)
        #expect(bits.values == [0, 31, 32, 39] && bits.mask == [0, 1, 31, 32, 33, 34, 35, 36, 37, 38, 39])
        #expect(bits.contains(31) && !bits.contains(1) && bits.isMasked(1) == true && bits.isMasked(2) == false)
        #expect(bits.size == 40)
        set[presence: 1] = true
        #expect(EthtoolBitset(set).mask == nil)
    }

    @Test("a long bitset brings names; a list has no mask, and a bit without a number is known by its name")
    func long() {
        var set = AttributeSet()
        set.append { writer in
            writer.nest(3) { writer in
                writer.nest(1) {
                    $0.attribute(1, integer: UInt32(6))
                    $0.attribute(2, text: "Autoneg")
                    $0.flag(3)
                }
                writer.nest(1) {
                    $0.attribute(1, integer: UInt32(4_000_000_000))
                    $0.attribute(2, text: "far")
                }
                writer.nest(1) { $0.attribute(2, text: "nameless") }
            }
        }
        let bits = EthtoolBitset(set)
        #expect(bits.values == [6] && bits.mask == [6, 4_000_000_000] && bits.named == ["nameless": false])
        #expect(bits.names == [6: "Autoneg", 4_000_000_000: "far"] && bits.bits == [6, 4_000_000_000])
        set[presence: 1] = true
        let list = EthtoolBitset(set)
        #expect(list.values == [6, 4_000_000_000] && list.mask == nil && list.named == ["nameless": true])
    }

    @Test("what is set in a part is read again, and an unknown attribute stays")
    func parts() throws {
        var modes = EthtoolLinkModes()
        modes.megabitsPerSecond = 25_000
        modes.duplex = .full
        modes.lanes = 4
        modes.isAutonegotiating = true
        modes.ours = EthtoolBitset([6, 31], mask: [5, 6, 31])
        modes.attributes.append { $0.attribute(900, bytes: [1, 2, 3]) }
        let again = EthtoolLinkModes(try AttributeSet(modes.attributes.bytes))
        #expect(again == modes && again.megabitsPerSecond == 25_000 && again.duplex == .full && again.lanes == 4)
        #expect(again.ours?.values == [6, 31] && again.ours?.mask == [5, 6, 31])
        #expect(again.attributes.payload(900) == [1, 2, 3])
        modes.megabitsPerSecond = .max
        #expect(modes.megabitsPerSecond == nil, "SPEED_UNKNOWN is no speed")
        #expect(
            EthtoolDuplex(rawValue: 9).description == "Unknown! (9)" && EthtoolPort(rawValue: 77).description == "77")
        var wake = EthtoolWakeOnLAN()
        wake.password = [0xde, 0xad, 0xbe, 0xef, 1, 2]
        wake.modes = EthtoolBitset([5], mask: [5, 6])
        #expect("\(wake)" == "wake-on-LAN modes [5] of [5, 6]" && wake.password?.first == 0xde)
    }

    @Test("error correction counts in all and by lane; pause frames and the standard's groups by their numbers")
    func counters() {
        var correction = EthtoolErrorCorrection()
        correction.attributes.append { writer in
            writer.nest(5) {
                $0.attribute(2, bytes: [7, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 1])
                $0.attribute(3, bytes: [1, 2, 3])
            }
        }
        #expect(correction.corrected?.total == 7 && correction.corrected?.lanes == [3, 1 << 56 | 4])
        #expect(correction.uncorrectable == nil && correction.correctedBits == nil)
        var pause = EthtoolPause()
        pause.attributes.append { writer in writer.nest(5) { $0.attribute(2, integer: UInt64(11)) } }
        #expect(pause.framesSent == 11 && pause.framesReceived == nil && pause.receives == nil)
        var statistics = EthtoolStatistics()
        statistics.attributes.append { writer in
            writer.nest(4) {
                $0.attribute(2, integer: UInt32(3))
                $0.attribute(3, integer: UInt32(20))
                $0.nest(4) { $0.attribute(0, integer: UInt64(5)) }
                $0.nest(4) { $0.attribute(1, bytes: []) }
                $0.nest(4) { $0.attribute(2, integer: UInt64(6)) }
                $0.nest(5) {
                    $0.attribute(7, integer: UInt32(64))
                    $0.attribute(8, integer: UInt32(127))
                    $0.attribute(9, integer: UInt64(8))
                }
                $0.nest(6) { $0.attribute(7, integer: UInt32(64)) }
            }
        }
        let group = statistics.groups.first
        #expect(statistics.groups.count == 1 && group?.identifier == 3 && group?.names.rawValue == 20)
        #expect(group?.values == [0: 5, 2: 6])
        #expect(group?.received.map { [UInt64($0.lowest), UInt64($0.highest), $0.count] } == [[64, 127, 8]])
        #expect(group?.sent.isEmpty == true)
    }

    @Test("every prefix and thousands of damaged parts neither trap nor loop")
    func damage() {
        var whole = AttributeSet()
        whole.append { writer in
            for type in 1...28 where type % 3 != 0 { writer.attribute(type, integer: UInt32(0xffff_ffff)) }
            for type in [3, 4, 5, 6] {
                writer.nest(type) {
                    $0.attribute(2, integer: UInt32.max)
                    $0.nest(3) { $0.nest(1) { $0.attribute(1, integer: UInt32.max) } }
                    $0.attribute(4, bytes: [UInt8](repeating: 0xff, count: 40))
                    $0.attribute(5, bytes: [UInt8](repeating: 0xff, count: 9))
                }
            }
        }
        var random = SeededGenerator(seed: 0xe7)
        for length in 0...whole.bytes.count { read(Array(whole.bytes.prefix(length))) }
        var count = 0
        for _ in 0..<5_000 { if read(random.damaged(whole.bytes)) { count += 1 } }
        #expect(count > 500)
    }

    /// Asks every part for all that it has; true where the bytes are a walk of attributes.
    @discardableResult
    private func read(_ bytes: [UInt8]) -> Bool {
        guard let set = try? AttributeSet(bytes) else { return false }
        let (modes, features) = (EthtoolLinkModes(set), EthtoolFeatures(set))
        _ = (modes.ours, modes.peer, modes.megabitsPerSecond, modes.duplex)
        _ = (
            features.hardware?.bits, features.wanted, features.active, features.unchangeable, features.states([1: "a"])
        )
        _ = (EthtoolWakeOnLAN(set).modes, EthtoolPause(set).framesSent, EthtoolEnergyEfficiency(set).ours)
        _ = (EthtoolErrorCorrection(set).corrected, EthtoolErrorCorrection(set).modes, EthtoolStatistics(set).groups)
        _ = (EthtoolTimestamping(set).capabilities, EthtoolPrivateFlags(set).flags, EthtoolLinkState(set).extendedState)
        _ = (
            EthtoolRings(set).receive, EthtoolChannels(set).combined, EthtoolCoalescing(set).countsFromCompletionReceive
        )
        return true
    }
}
