import CKernel
import Glibc
import GuestRPC
import Kernel
import SystemPackage
import TestSupport
import Testing

@Suite("Guest RPC over a stream socket, as over vsock")
struct VsockTests {
    /// What the client makes of a host that sends `bytes` to its one command, and then waits or closes.
    private func outcome(
        of bytes: [UInt8], closing: Bool = false, limits: GuestRPCLimits = .init(),
        until deadline: Deadline = later
    ) throws -> Result<[UInt8], GuestRPCError> {
        let host = try ScriptedHost([.take, .send(bytes)] + (closing ? [] : [.wait]))
        let result: Result<[UInt8], GuestRPCError>
        do {
            let transport = VsockGuestRPC(connected: OwnedDescriptor(adopting: host.guest), limits: limits)
            do throws(GuestRPCError) {
                result = .success(try transport.exchange(text("info-get guestinfo.x"), until: deadline))
            } catch {
                #expect(error.channel == .vsock && transport.channel == nil)
                result = .failure(error)
            }
        }
        #expect(try host.taken() == [text("info-get guestinfo.x")])
        return result
    }

    private func kind(
        of bytes: [UInt8], closing: Bool = false, limits: GuestRPCLimits = .init(), until deadline: Deadline = later
    ) throws -> GuestRPCError.Kind? {
        if case .failure(let error) = try outcome(of: bytes, closing: closing, limits: limits, until: deadline) {
            return error.kind
        }
        return nil
    }

    @Test("a reply is its packet's field 2, whatever the order and whatever else is there")
    func fields() throws {
        let reply = text("1 value")
        for content in [
            packet(numberField(1, 1), stringField(2, reply)), packet(stringField(2, reply), numberField(1, 1)),
            packet(stringField(2, reply)), packet(numberField(3, 1), stringField(9, [7]), stringField(2, reply)),
        ] {
            #expect(try outcome(of: content).get() == reply)
        }
        #expect(try outcome(of: packet(stringField(2, []))).get() == [])
    }

    @Test("bytes that come one by one make the same replies, one after another on one connection")
    func byteWise() throws {
        let replies = [text("1 "), text("1 ") + pattern(300), text("0 No value found")]
        let script = replies.flatMap { reply in
            [ScriptedHost.Step.take, .trickle(packet(numberField(1, 1), stringField(2, reply)))]
        }
        let host = try ScriptedHost(script)
        let transport = VsockGuestRPC(connected: OwnedDescriptor(adopting: host.guest))
        for (number, reply) in replies.enumerated() {
            #expect(try transport.exchange(text("command \(number)"), until: later) == reply)
        }
        #expect(try host.taken() == (0..<3).map { text("command \($0)") })
    }

    @Test("a packet that ends before its end is a lost connection, at every byte of it")
    func truncation() throws {
        let whole = packet(numberField(1, 1), stringField(2, text("1 value")))
        for count in 0..<whole.count {
            #expect(try kind(of: Array(whole.prefix(count)), closing: true) == .connectionLost, "\(count) bytes")
        }
    }

    @Test("a host that stops in the middle of a packet is waited for until the deadline")
    func hang() throws {
        let whole = packet(numberField(1, 1), stringField(2, text("1 value")))
        for count in [0, 3, 4, 20, whole.count - 1] {
            let deadline = Deadline(in: .milliseconds(30))
            #expect(try kind(of: Array(whole.prefix(count)), until: deadline) == .timedOut, "\(count) bytes")
        }
    }

    @Test("what is no packet with a payload is nonsense")
    func nonsense() throws {
        #expect(try kind(of: packet()) == .malformed(.noPayload))
        #expect(try kind(of: packet(numberField(1, 1))) == .malformed(.noPayload))
        #expect(try kind(of: packet(numberField(2, 1))) == .malformed(.noPayload))
        #expect(try kind(of: packet(stringField(3, text("1 x")))) == .malformed(.noPayload))
        #expect(
            try kind(of: packet(numberField(1, 2), stringField(2, text("1 x")))) == .malformed(.wrongPacketType(2)))
        #expect(
            try kind(of: packet(stringField(1, [1]), stringField(2, text("1 x")))) == .malformed(.wrongPacketType(-1)))
        #expect(
            try kind(of: packet(stringField(2, text("1 x")), stringField(2, text("1 y"))))
                == .malformed(.duplicateField(2)))
        #expect(try kind(of: packet(word(2) + word(2) + word(99) + [1])) == .malformed(.lengthPastEnd))
        #expect(try kind(of: packet([0])) == .malformed(.truncated))
    }

    @Test("a packet over the limit is not read, whatever it announces")
    func tooLarge() throws {
        let limits = GuestRPCLimits(reply: 1000)
        #expect(try kind(of: word(0xffff_ffff), limits: limits) == .tooLarge(limit: 1000))
        #expect(try kind(of: word(0x7fff_ffff), limits: limits) == .tooLarge(limit: 1000))
        #expect(try kind(of: packet(stringField(2, pattern(1001))), limits: limits) == .tooLarge(limit: 1000))
        #expect(try outcome(of: packet(stringField(2, pattern(1000))), limits: limits).get() == pattern(1000))
    }

    @Test("a connection that failed is not used again, for half a packet may be on it")
    func noReuse() throws {
        let host = try ScriptedHost([.take, .send([1, 2]), .wait])
        do {
            let transport = VsockGuestRPC(connected: OwnedDescriptor(adopting: host.guest))
            let first = #expect(throws: GuestRPCError.self) {
                try transport.exchange(text("a"), until: Deadline(in: .milliseconds(30)))
            }
            let second = #expect(throws: GuestRPCError.self) { try transport.exchange(text("b"), until: later) }
            #expect(first?.kind == .timedOut && second?.kind == .connectionLost)
        }
        #expect(try host.taken() == [text("a")])
    }

    @Test("a host that does not read is waited for no longer than the deadline")
    func fullSocket() throws {
        var pair = try DescriptorPair.sockets(type: Int32(SOCK_STREAM.rawValue))
        let guest = try pair.takeFirst()
        var size: Int32 = 4096
        // SAFETY: the option is an int, which lives through the call.
        #expect(
            unsafe setsockopt(guest.rawValue, SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<Int32>.size)) == 0)
        let transport = VsockGuestRPC(connected: guest)
        let error = #expect(throws: GuestRPCError.self) {
            try transport.exchange(pattern(65_536), until: Deadline(in: .milliseconds(30)))
        }
        #expect(error?.kind == .timedOut && error?.operation == "send")
        _ = try pair.takeSecond()
    }

    @Test("without VMware behind vsock, or without vsock, it says so", .enabled(if: !Hypervisor.isVMware))
    func noHost() throws {
        let transport = VsockGuestRPC()
        let error = #expect(throws: GuestRPCError.self) { try transport.exchange(text("x"), until: later) }
        #expect(error?.kind == .unavailable(.noSocket) && error?.errno != nil && error?.channel == .vsock)
    }

    @Test("a deadline that strikes while it connects is the caller's", .enabled(if: !Hypervisor.isVMware))
    func connectDeadline() throws {
        let transport = VsockGuestRPC()
        let error = #expect(throws: GuestRPCError.self) {
            try transport.exchange(text("x"), until: Deadline(in: .milliseconds(20)))
        }
        #expect(error?.kind == .timedOut || error?.kind == .unavailable(.noSocket))
    }

    @Test("bytes of every damage end in a reply or an error, by the deadline")
    func damage() throws {
        var random = SeededGenerator(seed: Sweep.seed ?? 8)
        let whole = packet(numberField(1, 1), stringField(2, text("1 a value of the host's")))
        for _ in 0..<(Sweep.isLong ? 20_000 : 300) {
            let bytes = random.damaged(whole)
            _ = try outcome(of: bytes, closing: true)
        }
    }
}
