import Kernel
import SystemPackage
import TestSupport
import Testing
import VMwareHarness

/// open-vm-tools' own client against the emulated host: what it does is what a guest does, so the host that it gets on with is one
/// that ours may be held against.
@Suite("The emulated host, against Debian's vmware-rpctool")
struct RPCToolTests {
    private static let path: FilePath = "/usr/bin/vmware-rpctool"

    private func run(_ command: String, on host: EmulatedVMX?) throws -> TracedProgram.Outcome {
        try TracedProgram(Self.path, answeringProcessorQuestions: true).run([command], on: host)
    }

    @Test("it reads values of every tail by both ports", arguments: [true, false])
    func get(_ offersBulk: Bool) throws {
        for size in [1, 2, 3, 4, 1023, 65_530, 65_536] {
            var host = EmulatedVMX()
            host.offersBulk = offersBulk
            host.values["guestinfo.metadata"] = pattern(size)
            let outcome = try run("info-get guestinfo.metadata", on: host)
            #expect(outcome.status == 0 && outcome.errors == "")
            #expect(outcome.output == pattern(size) + [0x0a])
            let after = try #require(outcome.host)
            #expect(after.violations == [] && after.commands == [text("info-get guestinfo.metadata")])
            #expect(after.opened == after.closed && after.openChannels == 0)
            #expect((after.bulkAccesses == 2) == offersBulk && outcome.refused == 0)
        }
    }

    @Test("it sets a value, and is told what is not there")
    func set() throws {
        let outcome = try run("info-set guestinfo.userdata ---", on: EmulatedVMX())
        #expect(outcome.status == 0 && outcome.host?.values == ["guestinfo.userdata": text("---")])
        let missing = try run("info-get guestinfo.nonesuch", on: EmulatedVMX())
        #expect(missing.status == 1 && missing.text + missing.errors == "No value found\n")
    }

    @Test("checkpoints between its accesses do not hinder it", arguments: [true, false])
    func checkpoints(_ offersBulk: Bool) throws {
        var host = EmulatedVMX()
        host.offersBulk = offersBulk
        host.values["guestinfo.x"] = pattern(9)
        let steps = try #require(try run("info-get guestinfo.x", on: host).host).messageAccesses
        for step in 0..<steps {
            host.checkpoints = [step]
            let outcome = try run("info-get guestinfo.x", on: host)
            // It gives up where a size is interrupted; ours begins anew there too (BackdoorTests).
            guard outcome.status == 0 else { continue }
            #expect(outcome.output == pattern(9) + [0x0a] && outcome.host?.violations == [], "before access \(step)")
        }
    }

    @Test("without VMware it says so, by the processor's word")
    func nobody() throws {
        let outcome = try TracedProgram(Self.path).run(["info-get guestinfo.x"], on: EmulatedVMX())
        #expect(outcome.status != 0 && outcome.errors.contains("must be run inside a virtual machine on a VMware"))
        #expect(outcome.host?.wordAccesses == 0)
    }
}
