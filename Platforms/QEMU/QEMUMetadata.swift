internal import Kernel
internal import Platform

/// The items below `opt/org.slipway/`: `metadata`, `userdata` (or `config`), `vendordata`, `network`; YAML or JSON. Documentation/Platforms.md
/// has their form.
struct QEMUMetadata: MetadataSource {
    func snapshot(in context: MetadataContext) async throws(PlatformError) -> MetadataSnapshot {
        let names = ["metadata", "userdata", "config", "vendordata", "network"]
        // The kernel's driver for the items is a module that may still be loading.
        let limit = Deadline(in: context.settling).earlier(context.deadline)
        while true {
            var parts: [String: Seed.Part] = [:]
            for name in names {
                let item = FirmwareItem(name)
                let size = name == "metadata" || name == "network" ? SeedDocument.limit : UserData.limit
                if let bytes = try item.contents(in: context.host, of: .qemu, limit: size) {
                    parts[name] = Seed.Part(bytes, at: item.path)
                }
            }
            if !parts.isEmpty { return try snapshot(of: parts, on: context.host) }
            guard !limit.hasPassed else { break }
            do { try await Task.sleep(for: .milliseconds(100)) } catch { break }
        }
        throw PlatformError(
            .noMetadata, platform: .qemu,
            hint: "start QEMU with -fw_cfg name=opt/org.slipway/userdata,file=…, and have its kernel's qemu_fw_cfg")
    }

    private func snapshot(of parts: [String: Seed.Part], on host: HostRoot) throws(PlatformError) -> MetadataSnapshot {
        let place = parts["metadata"]?.place ?? FirmwareItem("metadata").path
        var seed = Seed(try SeedDocument(parts["metadata"]?.bytes ?? [], of: .qemu, at: place))
        seed.userData = parts["userdata"] ?? parts["config"]
        seed.vendorData = parts["vendordata"]
        seed.network = parts["network"]
        return try seed.snapshot(instanceID: host.machineUUID())
    }
}
