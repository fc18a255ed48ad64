import Documents
import FoundationEssentials
import Kernel
import SystemPackage
import TestSupport
import Testing
import VirtualMachine

/// One image, on each platform's machine: its firmware tables, drives and items, and its metadata service, as the fixtures have them with
/// identities that are new in each run.
@Suite("Each platform in a virtual machine", .machines)
struct PlatformBootTests {
    /// A machine of a fixture whose instance id, host name and tag nobody has seen before.
    struct Machine: Sendable {
        let document: JSONValue
        let snapshot: JSONValue

        init(_ name: String) throws {
            let path = Lab.repository.appending("Tests/Fixtures/platforms/\(name).json")
            let bytes = try LiveFiles().contents(of: path, limit: 4 << 20)
            let fixture = try JSONText.decode(JSONValue.self, from: bytes)
            let snapshot = fixture["snapshot"]
            var text = String(decoding: bytes, as: UTF8.self)
            if let id = snapshot?["instance_id"]?.string { text.replace(id, with: Self.another(id)) }
            if let host = snapshot?["hostname"]?.string {
                let label = host.prefix { $0 != "." }
                let another = "\(label)-\(Self.digits(6))\(host.dropFirst(label.count))"
                text.replace(host, with: another)
                // What the snapshot has in base64 may have it too.
                if let encoded = snapshot?["user_data"]?.string, let data = Data(base64Encoded: encoded) {
                    let payload = String(decoding: data, as: UTF8.self).replacing(host, with: another)
                    text.replace(encoded, with: Data(payload.utf8).base64EncodedString())
                }
            }
            for tag in (snapshot?["tags"]?.object ?? [:]).values.compactMap(\.string) where tag.utf8.count > 3 {
                text.replace(tag, with: "\(tag)-\(Self.digits(6))")
            }
            // The router of QEMU's user network is the machine's.
            text.replace("http://10.1.1.1/", with: "http://10.0.2.2/")
            document = try JSONText.decode(JSONValue.self, from: Array(text.utf8))
            self.snapshot = try #require(document["snapshot"])
            #expect(self.snapshot["instance_id"] != snapshot?["instance_id"] || snapshot?["instance_id"] == .null)
        }

        /// Of the same form, a digit for a digit, so that a number stays one; where there are few, with some more.
        private static func another(_ id: String) -> String {
            guard id.count(where: { "123456789".contains($0) }) > 5 else { return id + "-" + digits(6) }
            return String(id.map { "123456789".contains($0) ? Character("\(Int.random(in: 1...9))") : $0 })
        }

        private static func digits(_ count: Int) -> String {
            String((0..<count).map { _ in Character("\(Int.random(in: 0...9))") })
        }
    }

    /// One of each way to tell: tokens, the lease's server, headers, a port and a drive, a drive, plain keys, fw_cfg.
    private static let ways = [
        "aws/two-nics", "cloudstack/lease", "gcp/single-nic", "lxd/one-nic", "nocloud/one-nic", "openstack/http-dhcp",
        "qemu/one-nic",
    ]
    private static let others = [
        "akamai/single-nic", "alibaba/single-nic", "azure/single-nic", "digitalocean/single-nic", "equinix/bond",
        "exoscale/single-nic", "hetzner/single-nic", "kubevirt/one-nic", "openstack/config-drive-static",
        "oracle/single-nic-user-data", "proxmox/one-nic", "scaleway/translated", "upcloud/single-nic",
        "vultr/single-nic",
    ]
    /// `make test-long` boots all of them, `make test` each way and two others, new ones in each run.
    private static let fixtures = ways + (Sweep.isLong ? others : Array(others.shuffled().prefix(2)))

    @Test(
        "the node is ready under the name that its platform gives it, and knows the platform by itself",
        arguments: fixtures)
    func boots(fixture: String) async throws {
        let machine = try Machine(fixture)
        var configuration = MachineConfiguration()
        configuration.machine = try SimulatedMachine(document: machine.document)
        configuration.nics = Array(repeating: .virtio, count: max(1, configuration.machine?.macs.count ?? 1))
        configuration.timeout = .seconds(300)
        try await Lab.boot(configuration) { _, summary in
            let platform = String(fixture.prefix { $0 != "/" })
            #expect(summary["outcome"] == "ready", "\(summary["failed"] ?? .null)")
            #expect(summary["platform"]?["platform"]?.string == platform)
            #expect(summary["hostname"] == machine.snapshot["hostname"])
            for key in [
                "platform", "instance_id", "instance_type", "hostname", "region", "zone", "tags", "ssh_keys",
                "user_data",
            ] {
                #expect(summary["metadata"]?[key] == machine.snapshot[key], "\(key)")
            }
            let links = summary["links"]?.array ?? []
            let macs = (machine.snapshot["interfaces"]?.array ?? []).compactMap { $0["mac"]?.string }
            #expect(Set(macs).isSubset(of: links.compactMap { $0["mac"]?.string }))
            #expect(links.contains { ($0["addresses"]?.array ?? []).contains { $0["source"] == "DHCP from 10.0.2.2" } })
        }
    }

    @Test("EC2 by IPv6 alone: no lease, an address of the router's, and the service at its IPv6 address")
    func onlyIPv6() async throws {
        let instance = SampleInstance(nics: 1)
        let scratch = try TemporaryDirectory()
        let logs = scratch.path.appending("last-run")
        var configuration = MachineConfiguration()
        configuration.platform = .aws
        configuration.hasIPv4 = false
        try await Lab.boot(configuration, instance: instance, lastRun: logs) { _, summary in
            #expect(summary["outcome"] == "ready", "\(summary["failed"] ?? .null)")
            #expect(summary["platform"]?["platform"] == "aws")
            #expect(summary["metadata"]?["instance_id"]?.string == instance.id)
            #expect(summary["hostname"]?.string == instance.hostname)
            let addresses = summary["links"]?.array?.first?["addresses"]?.array ?? []
            #expect(addresses.allSatisfy { $0["address"]?.string?.contains(":") == true })
            #expect(addresses.contains { $0["address"]?.string?.hasPrefix("fd12:3456:789a:") == true })
        }
        let log = try LiveFiles().contents(of: logs.appending("server.log"), limit: 1 << 20)
        let requests = try log.split(separator: 0x0a).map { try JSONText.decode(JSONValue.self, from: Array($0)) }
        #expect(!requests.isEmpty)
        #expect(requests.allSatisfy { $0["remote"]?.string?.hasPrefix("[") == true })
    }

    @Test("a network card that comes after all others have their drivers, as on a cloud's bare metal")
    func lateCard() async throws {
        let instance = SampleInstance(nics: 1)
        var configuration = MachineConfiguration()
        configuration.platform = .gcp
        configuration.lateNICs = [0]
        try await Lab.boot(configuration, instance: instance) { machine, summary in
            #expect(summary["outcome"] == "ready", "\(summary["failed"] ?? .null)")
            #expect(summary["metadata"]?["instance_id"]?.string == instance.id)
            #expect(summary["hostname"]?.string == instance.hostname)
            let events = machine.state.with { $0.events }
            let modules = try #require(events.firstIndex { $0["task"] == "modules" && $0["state"] == "ended" })
            let links = try #require(events.firstIndex { $0["task"] == "links" && $0["state"] == "ended" })
            #expect(modules < links)
        }
    }

    @Test("no metadata service at all: the node gives up in time, and says what it asked and what to look at")
    func noService() async throws {
        var configuration = MachineConfiguration()
        configuration.machine = SimulatedMachine()
        configuration.machine?.dmi = ["sys_vendor": "Amazon EC2", "bios_vendor": "Amazon EC2"]
        configuration.append = ["slipway.deadline=metadata:8"]
        configuration.timeout = .seconds(300)
        let plain = configuration
        let image = try await WorkerThread.run { try Lab.image(.cloud) }
        let outcome = try await Lab.withPlace {
            try VirtualMachine(plain, image: image, parts: try Lab.parts()).wait()
        }
        #expect(outcome.how == .ended(.poweredOff))
        let summary = try #require(outcome.state.summary)
        #expect(summary["outcome"] == "degraded")
        #expect(summary["failed"]?.array == ["metadata"])
        #expect(summary["platform"]?["platform"] == "aws")
        let said = outcome.state.console.filter { $0.contains("metadata") }.joined(separator: "\n")
        #expect(said.contains("aws: ") && said.contains("http://169.254.169.254/latest/api/token"), "\(said)")
        #expect(said.contains("check"), "\(said)")
    }

    @Test("Azure hears that the node is ready, once it is")
    func reported() async throws {
        let machine = try Machine("azure/single-nic")
        let state = """
            <GoalState><Incarnation>1</Incarnation><Container><ContainerId>c</ContainerId><RoleInstanceList><RoleInstance>\
            <InstanceId>i</InstanceId></RoleInstance></RoleInstanceList></Container></GoalState>
            """
        let version: JSONValue = ["x-ms-version": "2012-11-30"]
        let fabric: [JSONValue] = [
            [
                "url": "http://168.63.129.16/machine/?comp=goalstate", "headers": version, "status": 200,
                "body": .string(state),
            ],
            ["method": "POST", "url": "http://168.63.129.16/machine?comp=health", "headers": version, "status": 200],
        ]
        var members = try #require(machine.document.object)
        members["exchanges"] = .array((members["exchanges"]?.array ?? []) + fabric)
        let document = JSONValue.object(members)
        let scratch = try TemporaryDirectory()
        let logs = scratch.path.appending("last-run")
        let configuration = try Lab.withAgent { $0.machine = try SimulatedMachine(document: document) }
        try await Lab.boot(configuration, lastRun: logs) { machine, summary in
            #expect(summary["outcome"] == "ready")
            let said = machine.state.wait(until: Deadline(in: .seconds(60))) { state in
                state.console.contains { $0.contains("reported ready to azure") } ? true : nil
            }
            #expect(said == true)
        }
        let log = try LiveFiles().contents(of: logs.appending("server.log"), limit: 1 << 20)
        let requests = try log.split(separator: 0x0a).map { try JSONText.decode(JSONValue.self, from: Array($0)) }
        #expect(requests.last?["method"] == "POST" && requests.last?["status"] == 200)
    }
}
