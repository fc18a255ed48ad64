import Documents
import Kernel
import SystemPackage
import TestSupport
import Testing
import VMwareHarness

/// The shipped binary, unchanged, with its accesses to VMware's ports answered by an emulated host (ptrace).
@Suite("platform vmware, on an emulated host")
struct VMwareVerbTests {
    private static let bandwidths = ["high-bandwidth", "low-bandwidth"]

    private func slipway(
        _ arguments: [String], on host: EmulatedVMX?, refusingBulk: Bool = false
    ) throws -> TracedProgram.Outcome {
        try TracedProgram(builtProduct(named: "slipway")).run(
            ["platform", "vmware"] + arguments, on: host, refusingBulk: refusingBulk)
    }

    /// The snapshot by guest RPC alone: the unchanged binary, told whose machine it is on.
    private func metadata(_ arguments: [String], on host: EmulatedVMX) throws -> TracedProgram.Outcome {
        try TracedProgram(builtProduct(named: "slipway")).run(
            ["platform", "metadata", "--platform", "vmware", "--json"] + arguments, on: host)
    }

    private static var instance: EmulatedVMX {
        var host = EmulatedVMX()
        let metadata = "instance-id: i-7\nlocal-hostname: seven\nredact: [userdata]\n"
        host.values["guestinfo.metadata"] = Array(metadata.utf8)
        host.values["guestinfo.userdata"] = Array("I2Nsb3VkLWNvbmZpZwo=".utf8)
        host.values["guestinfo.userdata.encoding"] = Array("base64".utf8)
        return host
    }

    @Test("the metadata of a machine by its ports; the host's values stay")
    func snapshot() throws {
        let outcome = try metadata([], on: Self.instance)
        try expectClean(outcome)
        let document = try JSONText.decode(JSONValue.self, from: outcome.output)
        #expect(document["instance_id"] == "i-7" && document["hostname"] == "seven")
        #expect(document["user_data"] == "I2Nsb3VkLWNvbmZpZwo=" && document["user_data_encodings"]?.array == ["base64"])
        #expect(outcome.host?.values == Self.instance.values)
    }

    @Test("--redact takes from the host what the metadata lists, when all is printed, and nothing else")
    func redact() throws {
        let outcome = try metadata(["--redact"], on: Self.instance)
        try expectClean(outcome)
        let document = try JSONText.decode(JSONValue.self, from: outcome.output)
        #expect(document["user_data"] == "I2Nsb3VkLWNvbmZpZwo=")
        var left = Self.instance.values
        left["guestinfo.userdata"] = Array("---".utf8)
        left["guestinfo.userdata.encoding"] = Array(" ".utf8)
        #expect(outcome.host?.values == left)
        // A machine with nothing but nonsense is refused, and keeps it.
        var host = Self.instance
        host.values["guestinfo.metadata"] = Array("instance-id: [\nredact: [userdata]\n".utf8)
        let refused = try metadata(["--redact"], on: host)
        #expect(refused.status == 1 && refused.output == [] && refused.host?.values == host.values)
    }

    private func pattern(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(1 + ($0 &* 31 &+ $0 >> 8) % 255) } }

    private func expectClean(_ outcome: TracedProgram.Outcome, _ note: String = "") throws {
        let host = try #require(outcome.host)
        #expect(outcome.status == 0 && outcome.errors == "", "\(note)")
        #expect(host.violations == [] && host.openChannels == 0 && host.opened == host.closed, "\(note)")
        #expect(outcome.refused == 0, "\(note)")
    }

    @Test("get prints a value's bytes, of every tail and of 64 KiB and more", arguments: Self.bandwidths)
    func get(_ channel: String) throws {
        for size in [0, 1, 2, 3, 4, 5, 1023, 65_533, 65_534, 65_536, 150_001] {
            var host = EmulatedVMX()
            host.values["guestinfo.metadata"] = pattern(size)
            let outcome = try slipway(["get", "metadata", "--channel", channel], on: host)
            #expect(outcome.output == pattern(size))
            try expectClean(outcome, "\(size)")
            let after = try #require(outcome.host)
            #expect(after.commands == [Array("info-get guestinfo.metadata".utf8)])
            #expect(after.bulkAccesses == (channel == "high-bandwidth" ? 2 : 0))
        }
    }

    @Test("a checkpoint before any access of the binary's does not hinder it", arguments: Self.bandwidths)
    func checkpoints(_ channel: String) throws {
        var host = EmulatedVMX()
        host.values["guestinfo.x"] = pattern(10)
        let arguments = ["get", "guestinfo.x", "--channel", channel]
        let steps = try #require(try slipway(arguments, on: host).host).messageAccesses
        for step in 0..<steps {
            host.checkpoints = [step, step + 2]
            let outcome = try slipway(arguments, on: host)
            #expect(outcome.output == pattern(10))
            try expectClean(outcome, "before access \(step)")
        }
    }

    @Test("set changes the host's value, up to 64 KiB; --- is its placeholder")
    func set() throws {
        for channel in Self.bandwidths {
            let outcome = try slipway(["set", "userdata", "--channel", channel, "--", "---"], on: EmulatedVMX())
            try expectClean(outcome)
            #expect(outcome.output == [] && outcome.host?.values == ["guestinfo.userdata": Array("---".utf8)])
        }
        let long = String(repeating: "y", count: 65_536 - "info-set guestinfo.x ".utf8.count)
        let outcome = try slipway(
            ["set", "guestinfo.x", long, "--channel", "high-bandwidth", "--json"], on: EmulatedVMX())
        try expectClean(outcome)
        #expect(outcome.host?.values["guestinfo.x"] == Array(long.utf8))
        #expect(
            try JSONText.decode(JSONValue.self, from: outcome.output) == [
                "key": "guestinfo.x", "byte_count": JSONValue(long.utf8.count), "channel": "high-bandwidth",
            ])
        let over = try slipway(["set", "guestinfo.x", long + "y", "--channel", "low-bandwidth"], on: EmulatedVMX())
        #expect(over.status == 1 && over.errors.contains("65536") && over.host?.wordAccesses == 0)
    }

    @Test("--json has the key, the value where it is text, its base64 and the channel")
    func json() throws {
        var host = EmulatedVMX()
        host.values["guestinfo.text"] = Array("gr\u{fc}n".utf8)
        host.values["guestinfo.bytes"] = [0xff, 0xfe]
        func document(_ key: String) throws -> JSONValue {
            let outcome = try slipway(["get", key, "--json", "--channel", "low-bandwidth"], on: host)
            #expect(outcome.status == 0 && outcome.errors == "")
            return try JSONText.decode(JSONValue.self, from: outcome.output)
        }
        #expect(
            try document("text") == [
                "key": "guestinfo.text", "value": "gr\u{fc}n", "base64": "Z3LDvG4=", "channel": "low-bandwidth",
            ])
        let bytes = try document("guestinfo.bytes")
        #expect(bytes["value"] == .null && bytes["base64"] == "//4=")
    }

    @Test("what is not set is exit 4, a refusal 1, a host that never answers 5; stdout is empty, stderr one line")
    func failures() throws {
        func expect(_ host: EmulatedVMX, exit: Int32, _ word: String) throws {
            let arguments = ["get", "x", "--channel", "high-bandwidth", "--timeout", "1"]
            for more in [[], ["--json"]] {
                let outcome = try slipway(arguments + more, on: host)
                #expect(outcome.status == exit && outcome.output == [], "\(outcome.errors)")
                #expect(outcome.errors.contains(word), "\(outcome.errors)")
                #expect(outcome.errors.contains("guestinfo.x") && outcome.errors.split(separator: "\n").count == 1)
                #expect(outcome.host?.openChannels == 0)
            }
        }
        let request = Array("info-get guestinfo.x".utf8)
        var host = EmulatedVMX()
        try expect(host, exit: 4, "no such value")
        host.replies[request] = Array("0 Permission denied".utf8)
        try expect(host, exit: 1, "Permission denied")
        for nonsense in ["", "1", "2 x", "yes", "1x"] {
            host.replies[request] = Array(nonsense.utf8)
            try expect(host, exit: 1, "makes no sense")
        }
        host.hasOnlyCheckpoints = true
        try expect(host, exit: 5, "--timeout")
        host = EmulatedVMX()
        host.opensChannels = false
        try expect(host, exit: 1, "no channel")
        host = EmulatedVMX()
        host.delay = .max
        try expect(host, exit: 5, "in time")
    }

    @Test("without --channel it falls from vsock to the ports, and where the fast one faults to the slow one")
    func fallback() throws {
        var host = EmulatedVMX()
        host.values["guestinfo.x"] = pattern(77)
        let fast = try slipway(["get", "x"], on: host)
        #expect(fast.output == pattern(77) && (fast.host?.bulkAccesses ?? 0) == 2)
        try expectClean(fast)
        let slow = try slipway(["get", "x"], on: host, refusingBulk: true)
        #expect(slow.output == pattern(77) && slow.status == 0 && slow.refused == 1)
        #expect(slow.host?.openChannels == 0)
    }

    @Test("where there is no VMware it says so in one line, with what to do next, and is not killed")
    func nobody() throws {
        for arguments in [["get", "x"], ["set", "x", "y", "--channel", "low-bandwidth"]] {
            let traced = try slipway(arguments, on: nil)
            #expect(traced.status == 1 && traced.output == [] && traced.refused > 0)
            #expect(traced.errors.contains("no channel to VMware") && traced.errors.contains("platform detect"))
            #expect(traced.errors.split(separator: "\n").count == 1, "\(traced.errors)")
        }
    }
}
