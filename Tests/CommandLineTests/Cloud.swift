import Kernel
import SystemPackage
import TestSupport

/// The simulated service with one instance.
struct Cloud: ~Copyable {
    private let directory: TemporaryDirectory
    let server: MetadataServer
    let instance: String
    /// What it serves below `/latest`; a file that is changed is served so.
    let tree: FilePath

    func serve(_ path: String, _ text: String) throws { try directory.write("tree/latest/\(path)", text) }
    /// `--platform` and `--endpoint`.
    var service: [String] { ["--platform", "aws", "--endpoint", "http://127.0.0.1:\(server.port)"] }
    var command: [String] { ["platform", "metadata"] + service }

    init(_ arguments: [String] = []) throws {
        let directory = try TemporaryDirectory()
        let instance = "i-\(UInt64.random(in: 0x1000_0000_0000_0000...UInt64.max))"
        let mac = "52:54:00:12:34:56"
        let interface = "network/interfaces/macs/\(mac)"
        let files = [
            "instance-id": instance, "instance-type": "t3.small", "instance-life-cycle": "on-demand",
            "ami-id": "ami-0123456789abcdef0", "hostname": "node-cli", "local-hostname": "node-cli",
            "local-ipv4": "10.0.2.15", "mac": mac, "placement/region": "eu-central-1",
            "placement/availability-zone": "eu-central-1b", "\(interface)/device-number": "0",
            "\(interface)/mac": mac, "\(interface)/local-ipv4s": "10.0.2.15",
            "\(interface)/subnet-ipv4-cidr-block": "10.0.2.0/24",
        ]
        for (name, text) in files { try directory.write("tree/latest/meta-data/\(name)", text) }
        let server = try MetadataServer(
            serving: directory.path.appending("tree"), scratch: directory.path, listen: ["127.0.0.1:0"], arguments)
        tree = directory.path.appending("tree/latest")
        self.directory = directory
        self.instance = instance
        self.server = server
    }
}
