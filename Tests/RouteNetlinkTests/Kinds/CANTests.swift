import Netlink
import RouteNetlink
import Testing

/// linux/can/netlink.h of Linux 6.1; the structs' members are u32 in the machine's order.
@Suite("Options of CAN controllers")
struct CANTests {
    private func words(_ values: UInt32...) -> [UInt8] {
        values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    }

    private let probe = KindProbe(CAN.self)

    @Test("bit timings are struct can_bittiming")
    func timing() throws {
        #expect(CAN.kind == "can")
        var timing = CANBitTiming()
        timing.bitRate = 500_000
        timing.samplePoint = 875
        timing.quantumInNanoseconds = 125
        timing.propagationSegment = 6
        timing.phaseSegment1 = 7
        timing.phaseSegment2 = 2
        timing.synchronizationJumpWidth = 1
        timing.prescaler = 3
        let bytes = words(500_000, 875, 125, 6, 7, 2, 1, 3)
        try probe.property(\.bitTiming, timing, 1, bytes)
        try probe.property(\.dataBitTiming, timing, 9, bytes)
    }

    @Test("limits are struct can_bittiming_const, with a name that may fill its sixteen bytes")
    func limits() throws {
        for (name, padded) in [("m_can", "m_can\0\0\0\0\0\0\0\0\0\0\0"), ("abcdefghijklmnop", "abcdefghijklmnop")] {
            let bytes = Array(padded.utf8) + words(2, 256, 3, 128, 127, 4, 512, 5)
            for type: UInt16 in [2, 10] {
                let can = try CAN(attributes: AttributeSet(attribute(type, bytes)))
                let limits = try #require(type == 2 ? can.bitTimingLimits : can.dataBitTimingLimits)
                #expect(limits.name == name && limits.segment1 == (2, 256) && limits.segment2 == (3, 128))
                #expect(limits.maximumSynchronizationJumpWidth == 127 && limits.prescaler == (4, 512))
                #expect(limits.prescalerIncrement == 5)
                #expect(limits == can.bitTimingLimits ?? can.dataBitTimingLimits)
                for count in bytes.indices {
                    let short = try CAN(attributes: AttributeSet(attribute(type, Array(bytes.prefix(count)))))
                    #expect(short.bitTimingLimits == nil && short.dataBitTimingLimits == nil)
                }
            }
        }
    }

    @Test("modes are flags and a mask of which of them change")
    func modes() throws {
        var can = CAN()
        can.change([.loopback, .flexibleDataRate], to: true)
        can.change([.oneShot], to: false)
        #expect(can.attributes.bytes == attribute(5, words(0x29, 0x21)))
        #expect(can.modes == [.loopback, .flexibleDataRate])
        #expect(can.changedModes == [.loopback, .flexibleDataRate, .oneShot])
        try probe.reads({ $0.modes }, [.listenOnly, .manualDelayCompensation], attribute(5, words(0, 0x402)))
        try probe.reads(
            { $0.supportedModes }, [.tripleSampling, .rawLengthCode], attribute(17, attribute(1, words(0x104))))
    }

    @Test("what a controller tells is read, and a truncated payload answers nil")
    func readings() throws {
        try probe.reads({ $0.clockInHertz }, 80_000_000, attribute(3, words(80_000_000)))
        try probe.reads({ $0.state }, .busOff, attribute(4, words(3)))
        try probe.reads({ $0.state }, CANState(rawValue: 77), attribute(4, words(77)))
        let counters = attribute(8, [1, 0, 2, 1])
        try probe.reads({ $0.errorCounters?.sending }, 1, counters)
        try probe.reads({ $0.errorCounters?.receiving }, 258, counters)
        try probe.reads({ $0.terminationChoicesInOhms }, [0, 120], attribute(12, [0, 0, 120, 0]))
        try probe.reads({ $0.bitRateChoices }, [125_000, 250_000], attribute(13, words(125_000, 250_000)))
        try probe.reads({ $0.dataBitRateChoices }, [], attribute(14, []))
        try probe.reads({ $0.maximumBitRate }, 8_000_000, attribute(15, words(8_000_000)))
        let short = try CAN(
            attributes: AttributeSet(
                attribute(3, [1, 2, 3]) + attribute(5, [1, 2, 3, 4, 5, 6, 7]) + attribute(8, [1, 2, 3])
                    + attribute(12, [1])
                    + attribute(13, [1, 2, 3]) + attribute(17, [1, 2, 3, 4])))
        #expect(short.clockInHertz == nil && short.modes == nil && short.errorCounters == nil)
        #expect(short.terminationChoicesInOhms == nil && short.bitRateChoices == nil && short.supportedModes == nil)
    }

    @Test("restart, termination and delay compensation are set and read")
    func settings() throws {
        try probe.property(\.restartDelayInMilliseconds, 100, 6, [100, 0, 0, 0])
        try probe.property(\.restart, 1, 7, [1, 0, 0, 0])
        try probe.property(\.terminationInOhms, 120, 11, [120, 0])
        var compensation = CANDelayCompensation()
        compensation.value = 1
        compensation.offset = 0x100
        compensation.filter = 2
        let bytes = attribute(7, words(1)) + attribute(8, words(0x100)) + attribute(9, words(2))
        try probe.property(\.delayCompensation, compensation, 16, bytes, nested: true)
        let limits = try CAN(
            attributes: AttributeSet(
                attribute(16, (1...6).flatMap { attribute(UInt16($0), words(UInt32($0 * 10))) })))
        let read = try #require(limits.delayCompensation)
        #expect(read.minimumValue == 10 && read.maximumValue == 20 && read.minimumOffset == 30)
        #expect(read.maximumOffset == 40 && read.minimumFilter == 50 && read.maximumFilter == 60)
    }
}
