package import Documents
internal import FoundationEssentials
internal import Kernel
package import SystemPackage

/// What a platform's machine shows its system, and whom it can ask.
package struct SimulatedMachine: Sendable {
    /// A drive that the platform attaches: files under a label.
    package struct Volume: Sendable {
        package var label: String
        package var files: [String: [UInt8]]
    }

    /// Firmware tables by their names in `/sys/class/dmi/id`; QEMU's own where there is none.
    package var dmi: [String: String] = [:]
    /// Items of QEMU's fw_cfg by their names: `opt/org.slipway/metadata`.
    package var firmwareItems: [String: [UInt8]] = [:]
    /// virtio-serial ports that nobody is behind.
    package var ports: [String] = []
    /// Words that the platform's boot puts on the kernel's command line.
    package var words: [String] = []
    package var volumes: [Volume] = []
    /// Of its network cards, in order; empty for random ones.
    package var macs: [String] = []
    package var service = Service.none

    /// Who answers at the metadata's address.
    package enum Service: Sendable {
        case none
        /// EC2's, from a tree of files.
        case tree([(path: String, text: String)])
        /// EC2's, from a directory of the host.
        case directory(FilePath)
        /// `{"exchanges":[…],"otherwise":STATUS}` (slipway-metadata-server), and where it listens: `169.254.169.254:80`.
        case exchanges(JSONValue, at: [String])
    }

    package init() {}

    /// A machine as a document has it: `facts` (as `platform facts --json`), `exchanges`, `otherwise`, `volumes`, `files`, and the network
    /// cards of `snapshot.interfaces`. Of `files`, which are the host's, a machine can be given fw_cfg's.
    package init(document: JSONValue) throws(MachineError) {
        guard document["facts"]?.object != nil || document["exchanges"]?.array != nil else {
            throw MachineError(
                .usage, "no machine: neither 'facts' nor 'exchanges' in the document",
                hint: "its shape is that of Tests/Fixtures/platforms")
        }
        let facts = document["facts"]
        dmi = (facts?["dmi"]?.object ?? [:]).compactMapValues(\.string)
        ports = (facts?["virtio_ports"]?.array ?? []).compactMap(\.string)
        words = (facts?["cmdline"]?.string ?? "").split(separator: " ").map(String.init)
            .filter { $0.hasPrefix("slipway.") || $0.hasPrefix("ds=") }
        let items = "/sys/firmware/qemu_fw_cfg/by_name/"
        for (path, value) in document["files"]?.object ?? [:] where path.hasPrefix(items) && path.hasSuffix("/raw") {
            firmwareItems[String(path.dropFirst(items.count).dropLast("/raw".count))] = try Self.bytes(value)
        }
        for volume in document["volumes"]?.array ?? [] {
            var files: [String: [UInt8]] = [:]
            for (path, value) in volume["files"]?.object ?? [:] { files[path] = try Self.bytes(value) }
            volumes.append(Volume(label: volume["label"]?.string ?? "", files: files))
        }
        macs = (document["snapshot"]?["interfaces"]?.array ?? []).compactMap { $0["mac"]?.string }
        let exchanges = document["exchanges"]?.array ?? []
        guard !exchanges.isEmpty else { return }
        let served: JSONValue = [
            "exchanges": .array(exchanges), "otherwise": document["otherwise"] ?? .number(404),
        ]
        service = .exchanges(served, at: try Self.authorities(of: exchanges))
    }

    private static func bytes(_ value: JSONValue) throws(MachineError) -> [UInt8] {
        if let text = value.string { return Array(text.utf8) }
        if let data = value["base64"]?.string.flatMap({ Data(base64Encoded: $0) }) { return Array(data) }
        throw MachineError(.usage, "a file of the machine's document is neither text nor base64", hint: nil)
    }

    /// `http://192.0.2.1/path` → `192.0.2.1:80`, each once.
    private static func authorities(of exchanges: [JSONValue]) throws(MachineError) -> [String] {
        var result: [String] = []
        for exchange in exchanges {
            let url = exchange["url"]?.string ?? ""
            let parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
            guard parts.count == 4, parts[0] == "http:", let address = parts[2].first.map({ _ in parts[2] }) else {
                throw MachineError(.usage, "the exchange '\(url)' is not at http://ADDRESS/", hint: nil)
            }
            let hasPort = address.hasSuffix("]") ? false : address.split(separator: "]").last?.contains(":") == true
            let authority = hasPort ? String(address) : "\(address):80"
            if !result.contains(authority) { result.append(authority) }
        }
        return result
    }
}

extension SimulatedMachine {
    /// A platform's, with the values of `instance`; what detection reads is as platforms.md has it.
    static func sample(
        _ platform: MachineConfiguration.Platform, _ instance: SampleInstance
    ) -> SimulatedMachine {
        var machine = SimulatedMachine()
        machine.macs = instance.macs
        switch platform {
        case .metal: break
        case .aws:
            machine.dmi = [
                "bios_vendor": "Amazon EC2", "bios_version": "1.0", "sys_vendor": "Amazon EC2",
                "product_name": "t3.small", "product_serial": instance.uuid, "board_vendor": "Amazon EC2",
                "chassis_vendor": "Amazon EC2", "chassis_asset_tag": "Amazon EC2",
            ]
            machine.service = .tree(instance.awsTree)
        case .gcp:
            machine.dmi = [
                "bios_vendor": "Google", "bios_version": "Google", "sys_vendor": "Google",
                "product_name": "Google Compute Engine", "product_serial": "GoogleCloud-\(instance.uuid)",
                "board_vendor": "Google", "board_name": "Google Compute Engine",
            ]
            machine.service = .exchanges(
                ["exchanges": [instance.gcpExchange]], at: ["169.254.169.254:80", "[fd20:ce::254]:80"])
        case .vmware:
            machine.dmi = [
                "bios_vendor": "VMware, Inc.", "bios_version": "VMW71", "sys_vendor": "VMware, Inc.",
                "product_name": "VMware7,1", "product_serial": "VMware-\(instance.uuid)",
                "board_vendor": "Intel Corporation", "board_name": "440BX Desktop",
            ]
        }
        return machine
    }
}
