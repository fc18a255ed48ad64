import Glibc
import Kernel
import SystemPackage
import TestSupport
import Testing
import VMwareHarness

/// The shipped binary, unchanged: its calls on sockets of AF_VSOCK are answered by a host that speaks with open-vm-tools' own code.
@Suite("platform vmware, over an emulated vsock", .enabled(if: EmulatedVsock.isAvailable, "no libvmtools.so.0"))
struct VMwareVsockTests {
    private func slipway(
        _ arguments: [String], _ vsock: EmulatedVsock, ports: EmulatedVMX? = nil
    ) throws -> TracedProgram.Outcome {
        try TracedProgram(builtProduct(named: "slipway")).run(
            ["platform", "vmware"] + arguments, on: ports, vsock: vsock)
    }

    private func host(_ value: [UInt8]) -> EmulatedVMX {
        var host = EmulatedVMX()
        host.values["guestinfo.x"] = value
        return host
    }

    private let connection = EmulatedVsock.Call.connect(context: 0, port: 976)

    @Test("the first channel is vsock: from port 1023 to the hypervisor's 976, values of every size")
    func get() throws {
        for size in [1, 2, 1000, 65_536, 200_000] {
            let value = (0..<size).map { UInt8(1 + $0 % 255) }
            let vsock = try EmulatedVsock(host(value))
            let outcome = try slipway(["get", "x"], vsock)
            #expect(outcome.status == 0 && outcome.errors == "" && outcome.output == value, "\(outcome.errors)")
            #expect(vsock.calls == [.bind(port: 1023), connection])
            #expect(outcome.refused == 0, "no port is touched")
        }
    }

    @Test("set goes the same way, and --json names the channel")
    func set() throws {
        let vsock = try EmulatedVsock(EmulatedVMX())
        let outcome = try slipway(["set", "userdata", "--json", "--", "---"], vsock)
        #expect(outcome.status == 0 && outcome.text.contains("\"vsock\""), "\(outcome.errors)")
        #expect(vsock.host.values == ["guestinfo.userdata": Array("---".utf8)])
    }

    @Test("ports in use, and those whose connection is reset, are passed over downwards")
    func busyPorts() throws {
        let vsock = try EmulatedVsock(
            host([7]),
            failures: [.bind(port: 1023): [EADDRINUSE], .bind(port: 1022): [EADDRINUSE], connection: [ECONNRESET]])
        #expect(try slipway(["get", "x"], vsock).output == [7])
        #expect(
            vsock.calls == [
                .bind(port: 1023), .bind(port: 1022), .bind(port: 1021), connection, .bind(port: 1020), connection,
            ])
    }

    @Test("without the right to a port below 1024 it connects from any")
    func unprivileged() throws {
        let vsock = try EmulatedVsock(host([7]), failures: [.bind(port: 1023): [EACCES]])
        #expect(try slipway(["get", "x"], vsock).output == [7])
        #expect(vsock.calls == [.bind(port: 1023), connection])
    }

    @Test("a host that refuses the connection is asked by its ports")
    func fallback() throws {
        for number in [ECONNREFUSED, ENODEV, EHOSTUNREACH] {
            let vsock = try EmulatedVsock(EmulatedVMX(), failures: [connection: [number]])
            let outcome = try slipway(["get", "x"], vsock, ports: host([7, 8]))
            #expect(outcome.status == 0 && outcome.output == [7, 8] && outcome.host?.bulkAccesses == 2)
            let alone = try EmulatedVsock(EmulatedVMX(), failures: [connection: [number]])
            let refused = try slipway(["get", "x", "--channel", "vsock"], alone, ports: host([7, 8]))
            #expect(refused.status == 1 && refused.output == [] && refused.host?.wordAccesses == 0)
            #expect(refused.errors.contains("vsock: no vsock to the hypervisor"), "\(refused.errors)")
        }
    }

    @Test("what is not set there is exit 4, and the ports are not asked")
    func notFound() throws {
        let outcome = try slipway(["get", "none"], EmulatedVsock(EmulatedVMX()), ports: host([7]))
        #expect(outcome.status == 4 && outcome.output == [] && outcome.host?.wordAccesses == 0)
    }
}
