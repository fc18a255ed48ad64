import GuestRPC
import Kernel
import TestSupport
import Testing
import VMwareHarness

/// Answers by a function.
struct FunctionTransport: GuestRPCTransport {
    var channel: GuestRPCChannel? { nil }
    let answer: @Sendable ([UInt8]) throws(GuestRPCError) -> [UInt8]
    func exchange(_ request: [UInt8], until deadline: Deadline) throws(GuestRPCError) -> [UInt8] {
        try answer(request)
    }
}

@Suite("The guest RPC client")
struct ClientTests {
    private func client(_ ports: TestPorts) -> GuestRPCClient {
        GuestRPCClient(BackdoorGuestRPC(highBandwidth: true, over: ports))
    }

    @Test("a reply is what follows its status")
    func replies() throws {
        func send(_ reply: String) -> Result<[UInt8], GuestRPCError> {
            let client = GuestRPCClient(FunctionTransport { _ in text(reply) })
            return Result { () throws(GuestRPCError) in try client.send("machine.id.get", until: later) }
        }
        #expect(try send("1 ").get() == [] && send("1 a b ").get() == text("a b "))
        for (reply, kind) in [
            ("0 No value found", .notFound), ("0 no value found\n", .notFound), ("0 No machine id", .notFound),
            ("0 Permission denied", .refused), ("0 ", .refused), ("0 Unknown command", .refused),
            ("", .malformed(.noStatus)), ("1", .malformed(.noStatus)), ("0", .malformed(.noStatus)),
            ("2 x", .malformed(.noStatus)), ("10 x", .malformed(.noStatus)), (" 1 x", .malformed(.noStatus)),
        ] as [(String, GuestRPCError.Kind)] {
            guard case .failure(let error) = send(reply) else {
                Issue.record("\(reply)")
                continue
            }
            #expect(error.kind == kind && error.operation == "machine.id.get", "\(reply)")
        }
        guard case .failure(let error) = send("0 \u{1b}[31mno\u{7} " + String(repeating: "x", count: 5000)) else {
            return
        }
        #expect(error.hostMessage?.hasPrefix("[31mno ") == true && (error.hostMessage?.count ?? 0) < 300)
    }

    @Test("keys take the host's prefix, and nothing that would end them")
    func keys() throws {
        #expect(try GuestInfoKey("x").name == "guestinfo.x")
        #expect(try GuestInfoKey("guestinfo.x").name == "guestinfo.x")
        #expect(GuestInfoKey.userData.encoding.name == "guestinfo.userdata.encoding")
        #expect(try GuestInfoKey(String(repeating: "k", count: 246)).name.count == 256)
        for name in ["", "guestinfo.", "a b", "a\n", "a\u{0}", "\u{e9}", String(repeating: "k", count: 247)] {
            let error = #expect(throws: GuestRPCError.self) { try GuestInfoKey(name) }
            #expect(error?.kind == .unsendable(.key))
        }
    }

    @Test("a session reads many values over one channel, with their encodings; blank ones are none")
    func session() throws {
        let ports = TestPorts()
        ports.change {
            $0.values = [
                "guestinfo.metadata": text("aW5zdGFuY2UtaWQ6IGk="), "guestinfo.metadata.encoding": text(" Base64\n"),
                "guestinfo.userdata": text("---\n"), "guestinfo.userdata.encoding": text("gzip+base64"),
                "guestinfo.vendordata": text(" \r\n"), "guestinfo.ovfEnv": text("<Environment/>\u{0}"),
                "guestinfo.ovfEnv.encoding": text(" "),
            ]
        }
        let client = client(ports)
        let items = try client.items(
            [.metadata, .userData, .vendorData, .ovfEnvironment, GuestInfoKey("none")], until: later)
        #expect(
            items == [
                .init(key: .metadata, value: text("aW5zdGFuY2UtaWQ6IGk="), encoding: "base64"),
                .init(key: .ovfEnvironment, value: text("<Environment/>")),
            ])
        let values = try client.values(of: [.userData, GuestInfoKey("none"), .userData], until: later)
        #expect(values == [.userData: text("---\n")])
        #expect(ports.host.opened == 1 && client.channel == .highBandwidth)
        client.close()
        #expect(ports.host.openChannels == 0 && ports.host.violations == [])
    }

    @Test("redaction leaves the placeholder and a blank encoding, and touches nothing else")
    func redaction() throws {
        let ports = TestPorts()
        ports.change {
            $0.values = [
                "guestinfo.userdata": text("secret"), "guestinfo.userdata.encoding": text("base64"),
                "guestinfo.vendordata": text("---"), "guestinfo.metadata": text("kept"),
            ]
        }
        let client = client(ports)
        try client.redact([.userData, .vendorData, GuestInfoKey("none")], until: later)
        #expect(
            ports.host.values == [
                "guestinfo.userdata": text("---"), "guestinfo.userdata.encoding": text(" "),
                "guestinfo.vendordata": text("---"), "guestinfo.metadata": text("kept"),
            ])
        #expect(try client.item(.userData, until: later) == nil)
        let sets = ports.host.commands.filter { $0.starts(with: text("info-set")) }
        #expect(sets == [text("info-set guestinfo.userdata ---"), text("info-set guestinfo.userdata.encoding  ")])
    }

    @Test("redaction goes on after a refusal, and tells of it")
    func refusedRedaction() throws {
        let ports = TestPorts()
        ports.change {
            $0.values = ["guestinfo.userdata": text("a"), "guestinfo.vendordata": text("b")]
            $0.replies[text("info-set guestinfo.userdata ---")] = text("0 Permission denied")
        }
        let error = #expect(throws: GuestRPCError.self) {
            try client(ports).redact([.userData, .vendorData], until: later)
        }
        #expect(error?.kind == .refused && error?.subject == "guestinfo.userdata")
        #expect(error?.hostMessage == "Permission denied")
        #expect(ports.host.values["guestinfo.vendordata"] == text("---"))
    }

    @Test("a value with a zero byte is not sent, an empty one as a space, and no error names a value")
    func values() throws {
        let ports = TestPorts()
        let client = client(ports)
        try client.setValue([], of: .metadata, until: later)
        #expect(ports.host.values["guestinfo.metadata"] == text(" "))
        let zero = #expect(throws: GuestRPCError.self) {
            try client.setValue(text("secret\u{0}"), of: .metadata, until: later)
        }
        #expect(zero?.kind == .unsendable(.zeroByte))
        let large = #expect(throws: GuestRPCError.self) {
            try client.setValue(text(String(repeating: "secret", count: 20_000)), of: .metadata, until: later)
        }
        #expect(large?.kind == .tooLarge(limit: 65_536) && large?.subject == "guestinfo.metadata")
        for error in [zero, large] { #expect(error?.description.contains("secret") == false) }
    }
}
