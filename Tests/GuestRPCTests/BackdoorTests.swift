import GuestRPC
import Kernel
import TestSupport
import Testing
import VMwareHarness

@Suite("Guest RPC by the ports, against an emulated host")
struct BackdoorTests {
    static let bandwidths = [true, false]

    private static func exchange(
        _ host: EmulatedVMX, highBandwidth: Bool, _ request: [UInt8], limits: GuestRPCLimits = .init(),
        until deadline: Deadline = later
    ) throws -> (reply: [UInt8], host: EmulatedVMX, channel: GuestRPCChannel?) {
        let ports = TestPorts(host)
        let transport = BackdoorGuestRPC(highBandwidth: highBandwidth, limits: limits, over: ports)
        let reply = try transport.exchange(request, until: deadline)
        let channel = transport.channel
        transport.close()
        return (reply, ports.host, channel)
    }

    @Test(
        "a message of every length about a word's, and about 64 KiB, comes whole both ways", arguments: Self.bandwidths)
    func lengths(_ highBandwidth: Bool) throws {
        for size in [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1021, 4096, 65_530, 65_533, 65_534, 65_535, 65_536, 100_003] {
            var host = EmulatedVMX()
            let request = text("ask \(size) ") + pattern(min(size, 65_000))
            let reply = text("1 ") + pattern(size)
            host.replies[request] = reply
            let outcome = try Self.exchange(host, highBandwidth: highBandwidth, request)
            #expect(outcome.reply == reply)
            #expect(outcome.host.violations == [] && outcome.host.commands == [request])
            #expect(outcome.host.opened == 1 && outcome.host.openChannels == 0)
            #expect(outcome.channel == (highBandwidth ? .highBandwidth : .lowBandwidth))
            #expect(outcome.host.bulkAccesses == (highBandwidth ? 2 : 0))
        }
    }

    @Test("a command may have 65,536 bytes and not one more", arguments: Self.bandwidths)
    func longest(_ highBandwidth: Bool) throws {
        let longest = pattern(65_536)
        var host = EmulatedVMX()
        host.replies[longest] = text("1 taken")
        #expect(try Self.exchange(host, highBandwidth: highBandwidth, longest).reply == text("1 taken"))
        let error = #expect(throws: GuestRPCError.self) {
            try Self.exchange(host, highBandwidth: highBandwidth, pattern(65_537))
        }
        #expect(error?.kind == .tooLarge(limit: 65_536))
        let empty = #expect(throws: GuestRPCError.self) { try Self.exchange(host, highBandwidth: highBandwidth, []) }
        #expect(empty?.kind == .unsendable(.empty))
    }

    @Test("an empty reply is one", arguments: Self.bandwidths)
    func emptyReply(_ highBandwidth: Bool) throws {
        var host = EmulatedVMX()
        host.replies[text("x")] = []
        let outcome = try Self.exchange(host, highBandwidth: highBandwidth, text("x"))
        #expect(outcome.reply == [] && outcome.host.violations == [])
    }

    @Test("a checkpoint before any access restarts the message, and it comes whole", arguments: Self.bandwidths)
    func checkpoints(_ highBandwidth: Bool) throws {
        let request = text("ask 1234567")
        let reply = text("1 ") + pattern(21)
        var host = EmulatedVMX()
        host.replies[request] = reply
        let steps = try Self.exchange(host, highBandwidth: highBandwidth, request).host.messageAccesses
        #expect(steps == (highBandwidth ? 5 : 12))
        for step in 0..<steps {
            host.checkpoints = [step]
            let outcome = try Self.exchange(host, highBandwidth: highBandwidth, request)
            #expect(outcome.reply == reply && outcome.host.commands == [request], "before access \(step)")
            #expect(outcome.host.violations == [] && outcome.host.openChannels == 0, "before access \(step)")
            #expect(outcome.host.opened == 1)
            for other in step..<steps + 4 {
                host.checkpoints = [step, other]
                let outcome = try Self.exchange(host, highBandwidth: highBandwidth, request)
                #expect(outcome.reply == reply && outcome.host.violations == [], "before \(step) and \(other)")
            }
        }
    }

    @Test("a host that never gets past its checkpoints ends at the deadline", arguments: Self.bandwidths)
    func endlessCheckpoints(_ highBandwidth: Bool) throws {
        var host = EmulatedVMX()
        host.hasOnlyCheckpoints = true
        let error = #expect(throws: GuestRPCError.self) {
            try Self.exchange(
                host, highBandwidth: highBandwidth, text("x"), until: Deadline(in: .milliseconds(50)))
        }
        #expect(error?.kind == .timedOut && error?.channel == (highBandwidth ? .highBandwidth : .lowBandwidth))
    }

    @Test("a machine that is resumed elsewhere has lost its channel: the next command opens another")
    func resumption() throws {
        for highBandwidth in Self.bandwidths {
            let ports = TestPorts()
            ports.change { $0.replies = [text("a"): text("1 a"), text("bbbbb"): text("1 bbbbb")] }
            let transport = BackdoorGuestRPC(highBandwidth: highBandwidth, over: ports)
            #expect(try transport.exchange(text("a"), until: later) == text("1 a"))
            let before = ports.host.messageAccesses
            for step in 0..<4 {
                ports.change { $0.resumption = $0.messageAccesses + step }
                #expect(try transport.exchange(text("bbbbb"), until: later) == text("1 bbbbb"), "\(step)")
            }
            #expect(ports.host.messageAccesses > before && ports.host.opened == 5)
            transport.close()
            #expect(ports.host.openChannels == 0 && ports.host.violations == [])
        }
    }

    @Test("a host that needs time is asked again")
    func delay() throws {
        var host = EmulatedVMX()
        host.values["guestinfo.x"] = text("late")
        host.delay = 3
        #expect(try Self.exchange(host, highBandwidth: true, text("info-get guestinfo.x")).reply == text("1 late"))
        host.delay = .max
        let error = #expect(throws: GuestRPCError.self) {
            try Self.exchange(
                host, highBandwidth: true, text("info-get guestinfo.x"), until: Deadline(in: .milliseconds(50)))
        }
        #expect(error?.kind == .timedOut)
    }

    @Test("a host that offers the slow port alone, or knows no cookies, is served")
    func oldHosts() throws {
        var host = EmulatedVMX()
        host.values["guestinfo.x"] = pattern(99)
        host.offersBulk = false
        host.knowsCookies = false
        let outcome = try Self.exchange(host, highBandwidth: true, text("info-get guestinfo.x"))
        #expect(outcome.reply == text("1 ") + pattern(99) && outcome.host.violations == [])
        #expect(outcome.channel == .lowBandwidth && outcome.host.bulkAccesses == 0)
    }

    @Test("commands share a channel, which is given back at the end")
    func session() throws {
        let ports = TestPorts()
        do {
            let transport = BackdoorGuestRPC(highBandwidth: true, over: ports)
            for _ in 0..<20 { _ = try transport.exchange(text("info-get guestinfo.x"), until: later) }
            #expect(ports.host.opened == 1 && ports.host.openChannels == 1)
        }
        #expect(ports.host.openChannels == 0, "the end of the transport closes it")
    }

    @Test("who is not VMware, or opens no channel, is told apart")
    func nobody() throws {
        func kind(_ host: EmulatedVMX, faulting: Set<EmulatedVMX.Instruction> = []) -> GuestRPCError.Kind? {
            let transport = BackdoorGuestRPC(highBandwidth: true, over: TestPorts(host, faulting: faulting))
            return #expect(throws: GuestRPCError.self) { try transport.exchange(text("x"), until: later) }?.kind
        }
        var silent = EmulatedVMX()
        silent.magicAnswer = 0xffff_ffff
        #expect(kind(silent) == .unavailable(.portSilent))
        var full = EmulatedVMX()
        full.opensChannels = false
        #expect(kind(full) == .unavailable(.channelRefused))
        #expect(kind(EmulatedVMX(), faulting: [.word]) == .unavailable(.portFaulted))
        #expect(kind(EmulatedVMX(), faulting: [.bytesOut]) == .unavailable(.portFaulted))
    }

    @Test(
        "a reply that is announced larger than the limit is given up, and the next one comes",
        arguments: Self.bandwidths)
    func tooLarge(_ highBandwidth: Bool) throws {
        let ports = TestPorts()
        ports.change {
            $0.values["guestinfo.small"] = text("small")
            $0.values["guestinfo.exact"] = pattern(998)
            $0.values["guestinfo.large"] = pattern(999)
        }
        let transport = BackdoorGuestRPC(highBandwidth: highBandwidth, limits: .init(reply: 1000), over: ports)
        #expect(try transport.exchange(text("info-get guestinfo.exact"), until: later) == text("1 ") + pattern(998))
        let error = #expect(throws: GuestRPCError.self) {
            try transport.exchange(text("info-get guestinfo.large"), until: later)
        }
        #expect(error?.kind == .tooLarge(limit: 1000))
        #expect(try transport.exchange(text("info-get guestinfo.small"), until: later) == text("1 small"))
        transport.close()
        #expect(ports.host.openChannels == 0 && ports.host.violations == [])

        ports.change { $0.announcedSize = 0xffff_ffff }
        let huge = #expect(throws: GuestRPCError.self) {
            try transport.exchange(text("info-get guestinfo.small"), until: later)
        }
        #expect(huge?.kind == .tooLarge(limit: 1000))
    }

    @Test("a step that is not due is nonsense, and no channel is left open", arguments: Self.bandwidths)
    func wrongSteps(_ highBandwidth: Bool) throws {
        var host = EmulatedVMX()
        host.announcedType = 4
        for _ in 0..<2 {
            let ports = TestPorts(host)
            let transport = BackdoorGuestRPC(highBandwidth: highBandwidth, over: ports)
            let error = #expect(throws: GuestRPCError.self) { try transport.exchange(text("x"), until: later) }
            #expect(error?.kind == .malformed(.wrongMessageType(4)))
            #expect(ports.host.openChannels == 0)
            host = EmulatedVMX()
            host.offersBulk = false
            host.pieceType = 4
        }
    }

    @Test("a host that announces less, or more, than it has cannot make more of it", arguments: Self.bandwidths)
    func lies(_ highBandwidth: Bool) throws {
        for size in [0, 1, 3, 50, 200] {
            var host = EmulatedVMX()
            host.replies[text("x")] = text("1 ") + pattern(98)
            host.announcedSize = size
            let transport = BackdoorGuestRPC(highBandwidth: highBandwidth, over: TestPorts(host))
            guard let reply = try? transport.exchange(text("x"), until: later) else { continue }
            #expect(reply.count == size)
        }
    }

    @Test("several threads take turns on one channel")
    func threads() async throws {
        let ports = TestPorts()
        ports.change { for n in 0..<8 { $0.values["guestinfo.k\(n)"] = pattern(n * 37) } }
        let transport = BackdoorGuestRPC(highBandwidth: false, over: ports)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for n in 0..<8 {
                group.addTask {
                    try await WorkerThread.run {
                        for _ in 0..<50 {
                            let reply = try transport.exchange(text("info-get guestinfo.k\(n)"), until: later)
                            guard reply == text("1 ") + pattern(n * 37) else {
                                throw GuestRPCError(.connectionLost, operation: "another's")
                            }
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(ports.host.opened == 1 && ports.host.violations == [] && ports.host.commands.count == 400)
    }

    @Test("a deadline that has passed sends nothing")
    func passed() throws {
        let ports = TestPorts()
        let transport = BackdoorGuestRPC(highBandwidth: true, over: ports)
        let error = #expect(throws: GuestRPCError.self) {
            try transport.exchange(text("x"), until: Deadline(in: .zero))
        }
        #expect(error?.kind == .timedOut && ports.host.wordAccesses == 0)
    }
}
