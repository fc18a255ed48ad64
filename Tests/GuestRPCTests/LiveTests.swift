import GuestRPC
import Kernel
import TestSupport
import Testing
import VMwareHarness

@Suite("Guest RPC by the first channel that works")
struct LiveTests {
    /// Fails by a kind until it is told to answer.
    private final class Channel: GuestRPCTransport {
        struct State {
            var kind: GuestRPCError.Kind?
            var asked = 0
            var closed = 0
        }
        private let state: Monitor<State>
        private let name: GuestRPCChannel

        init(_ name: GuestRPCChannel, _ kind: GuestRPCError.Kind?) {
            self.name = name
            state = Monitor(State(kind: kind))
        }

        var asked: Int { state.with { $0.asked } }
        var closed: Int { state.with { $0.closed } }
        func become(_ kind: GuestRPCError.Kind?) { state.with { $0.kind = kind } }
        var channel: GuestRPCChannel? { name }
        func close() { state.with { $0.closed += 1 } }

        func exchange(_ request: [UInt8], until deadline: Deadline) throws(GuestRPCError) -> [UInt8] {
            let kind = state.with {
                $0.asked += 1
                return $0.kind
            }
            if let kind { throw GuestRPCError(kind, operation: "test", channel: name) }
            return text("1 \(name.rawValue)")
        }
    }

    @Test("the first that answers is the one, and is remembered; what is not there is not asked again")
    func order() throws {
        let vsock = Channel(.vsock, .unavailable(.noSocket))
        let fast = Channel(.highBandwidth, .connectionLost)
        let slow = Channel(.lowBandwidth, nil)
        let live = LiveGuestRPC([vsock, fast, slow], assumingVMware: true)
        #expect(live.channel == nil)
        for _ in 0..<3 { #expect(try live.exchange(text("x"), until: later) == text("1 low-bandwidth")) }
        #expect(vsock.asked == 1 && fast.asked == 1 && slow.asked == 3 && live.channel == .lowBandwidth)
        // When it breaks off, those that broke off before are tried again, and not those that are not there.
        slow.become(.connectionLost)
        fast.become(nil)
        vsock.become(nil)
        #expect(try live.exchange(text("x"), until: later) == text("1 high-bandwidth"))
        #expect(vsock.asked == 1 && live.channel == .highBandwidth)
        live.close()
        #expect(vsock.closed == 1 && fast.closed == 1 && slow.closed == 1)
    }

    @Test(
        "a host that answers no, or not in time, is no reason to try another channel",
        arguments: [.refused, .notFound, .timedOut, .tooLarge(limit: 9)] as [GuestRPCError.Kind])
    func answers(_ kind: GuestRPCError.Kind) throws {
        let vsock = Channel(.vsock, kind)
        let fast = Channel(.highBandwidth, nil)
        let live = LiveGuestRPC([vsock, fast], assumingVMware: true)
        let error = #expect(throws: GuestRPCError.self) { try live.exchange(text("x"), until: later) }
        #expect(error?.kind == kind && fast.asked == 0)
    }

    @Test("where none works, the error has each one's reason once")
    func none() throws {
        let live = LiveGuestRPC(
            [
                Channel(.vsock, .unavailable(.noSocket)), Channel(.highBandwidth, .unavailable(.portFaulted)),
                Channel(.lowBandwidth, .unavailable(.portFaulted)),
            ], assumingVMware: true)
        for _ in 0..<2 {
            let error = #expect(throws: GuestRPCError.self) { try live.exchange(text("x"), until: later) }
            guard case .unavailable(.noChannel(let failures)) = error?.kind else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(failures.map(\.channel) == [.vsock, .highBandwidth, .lowBandwidth])
            let reason = try #require(error).reason
            #expect(reason.components(of: "the processor refuses its port") == 2)
            #expect(reason.contains("high-bandwidth, low-bandwidth: "))
        }
    }

    @Test("without being told to, it asks CPUID first and touches nothing", .enabled(if: !Hypervisor.isVMware))
    func processor() throws {
        let fast = Channel(.highBandwidth, nil)
        let error = #expect(throws: GuestRPCError.self) {
            try LiveGuestRPC([fast], assumingVMware: false).exchange(text("x"), until: later)
        }
        #expect(error?.kind == .unavailable(.otherHypervisor(signature: Hypervisor.signature)))
        #expect(fast.asked == 0)
    }

    @Test("the hypervisor's signature is the one that lscpu names")
    func signature() throws {
        let words = try run("lscpu").lines.first { $0.hasPrefix("Hypervisor vendor:") }
        let vendor = words.map { String($0.split(separator: " ").last ?? "") }
        let known = ["KVMKVMKVM": "KVM", "VMwareVMware": "VMware", "Microsoft Hv": "Microsoft", "": nil]
        guard let name = known[Hypervisor.signature] else { return }
        #expect(vendor == name)
    }

    @Test("a recording answers as it was answered, in turn, and names what it has not")
    func recording() throws {
        let ports = TestPorts()
        ports.change { $0.values["guestinfo.x"] = text("first") }
        let recording = RecordingGuestRPC(before: BackdoorGuestRPC(highBandwidth: true, over: ports))
        let client = GuestRPCClient(recording)
        let key = try GuestInfoKey("x")
        #expect(try client.value(of: key, until: later) == text("first"))
        try client.setValue(text("second"), of: key, until: later)
        #expect(try client.value(of: key, until: later) == text("second"))
        #expect(try client.value(of: GuestInfoKey("none"), until: later) == nil)
        #expect(recording.exchanges.count == 4 && recording.channel == .highBandwidth)

        let replay = ReplayGuestRPC(recording.exchanges)
        let again = GuestRPCClient(replay)
        #expect(try again.value(of: key, until: later) == text("first"))
        try again.setValue(text("second"), of: key, until: later)
        for _ in 0..<3 { #expect(try again.value(of: key, until: later) == text("second")) }
        #expect(try again.value(of: GuestInfoKey("none"), until: later) == nil)
        for _ in 0..<2 {
            let error = #expect(throws: GuestRPCError.self) {
                try again.setValue(text("secret"), of: key, until: later)
            }
            #expect(error?.kind == .unrecorded && error?.subject == "guestinfo.x")
        }
        #expect(replay.unanswered == ["info-set guestinfo.x"])
    }

    @Test("an exchange's secrets are marked, and what says that there are none stays")
    func redactedExchange() throws {
        func redacted(_ request: String, _ reply: String) -> [String] {
            let exchange = GuestRPCExchange(request: text(request), reply: text(reply))
                .redacted { $0 == .userData }
            return [exchange.request, exchange.reply].map { String(decoding: $0, as: UTF8.self) }
        }
        let get = "info-get guestinfo.userdata"
        let set = "info-set guestinfo.userdata"
        #expect(redacted(get, "1 secret") == [get, "1 <redacted>"])
        #expect(redacted(get, "1 ---") == [get, "1 ---"] && redacted(get, "1 ") == [get, "1 "])
        #expect(redacted(get, "0 No value found") == [get, "0 No value found"])
        #expect(redacted("\(set) a secret", "1 ") == ["\(set) <redacted>", "1 "])
        #expect(redacted("\(set) ---", "1 ") == ["\(set) ---", "1 "])
        for other in ["info-get guestinfo.metadata", "machine.id.get", "", "info-get", "info-get userdata"] {
            #expect(redacted(other, "1 open") == [other, "1 open"])
        }
    }
}

extension String {
    /// How many pieces `other` cuts it into.
    fileprivate func components(of other: String) -> Int {
        var count = 1
        var rest = self[...]
        while let range = rest.firstRange(of: other) {
            count += 1
            rest = rest[range.upperBound...]
        }
        return count
    }
}
