import Dispatch
import Documents
import Driver
import Kernel
import Platform
import Platforms

/// A platform's documents through its own source. The first byte chooses the machine, the second which of its documents is replaced by
/// the rest; with its highest bit, by itself with one value (the third byte says which) or one key (the fourth) that is the rest. What
/// comes is a typed failure in plain words, or a machine whose document says itself again.
///
/// With SLIPWAY_FUZZ_SEEDS naming a directory it writes a corpus there instead: each document as it is.
@main
enum MetadataBytes {
    /// New ones at the end: the corpus has their numbers.
    static let names = [
        "aws/two-nics", "gcp/two-nics-aliases-and-forwarded", "gcp/vlan-nic", "azure/two-nics-dual-stack-user-data",
        "openstack/http-dhcp", "openstack/config-drive-static", "openstack/bond-and-vlans",
        "digitalocean/private-network",
        "equinix/bond", "oracle/two-vnics-dual-stack", "akamai/vpc", "vultr/private-network",
        "scaleway/static-and-private-network", "upcloud/four-nics", "exoscale/single-nic", "cloudstack/lease",
        "alibaba/two-nics", "metal/volume", "metal/inline-plain", "nocloud/two-nics", "nocloud/interfaces",
        "nocloud/mime-user-data", "proxmox/config-drive", "kubevirt/two-nics", "lxd/two-nics", "qemu/two-nics",
        "vmware/ovf", "vmware/ovf-guestinfo", "vmware/user-data-alone",
    ]
    private static let machines = names.map { name in
        do { return try Machine(name) } catch { fatalError("\(name): \(error)") }
    }

    static func main() throws {
        if let directory = SeedWriter.directory {
            for (number, machine) in machines.enumerated() {
                try SeedWriter.write(machine, UInt8(number), to: directory)
            }
            return
        }
        fuzz { start, count in
            let input = bytes(start, count)
            guard input.count >= 2 else { return 0 }
            let machine = MetadataBytes.machines[Int(input[0]) % MetadataBytes.machines.count]
            guard !machine.places.isEmpty else { return 0 }
            let place = machine.places[Int(input[1] & 0x7f) % machine.places.count]
            var bytes = Array(input.dropFirst(2))
            if input[1] & 0x80 != 0, bytes.count >= 2 {
                let edit = Edit(number: Int(bytes[0]), isOfKey: bytes[1] & 1 == 1, bytes: Array(bytes.dropFirst(2)))
                guard let document = edit.applied(to: machine.content(at: place)) else { return 0 }
                bytes = document
            }
            MetadataBytes.check(machine, machine.context(with: bytes, at: place))
            return 0
        }
    }

    private static func check(_ machine: Machine, _ context: MetadataContext) {
        switch outcome(of: machine, context) {
        case .success(let snapshot):
            if snapshot.instanceID?.isEmpty != false { fatalError("a machine without an id") }
            let document = snapshot.document(includingRaw: true)
            guard let text = try? JSONText.encode(document, as: .line),
                let again = try? JSONText.decode(JSONValue.self, from: Array(text.utf8)),
                (try? JSONText.encode(snapshot.network.document, as: .line)) != nil
            else { fatalError("what was read cannot be said") }
            if again != document { fatalError("what was read says something else") }
            for key in snapshot.sshKeys where !isPlain(key) { fatalError("a key of two lines") }
        case .failure(let error):
            if error.platform != machine.platform { fatalError("whose error? \(error)") }
            if error.hint.isEmpty { fatalError("no next step: \(error)") }
            if error.description.utf8.count > 8192 || !isPlain(error.description) {
                fatalError("no plain words: \(error)")
            }
        }
    }

    private static func isPlain(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7f..<0xa0).contains($0.value) || $0 == "\t" }
    }

    private static func outcome(
        of machine: Machine, _ context: MetadataContext
    ) -> Result<MetadataSnapshot, PlatformError> {
        guard let source = Registry.platform(machine.platform)?.source else { fatalError("no source") }
        let done = DispatchSemaphore(value: 0)
        let outcome = Monitor<Result<MetadataSnapshot, PlatformError>?>(nil)
        Task.detached {
            do throws(PlatformError) {
                let snapshot = try await source.snapshot(in: context)
                outcome.with { $0 = .success(snapshot) }
            } catch {
                outcome.with { $0 = .failure(error) }
            }
            done.signal()
        }
        if done.wait(timeout: .now() + .seconds(4)) == .timedOut { fatalError("it hangs") }
        guard let result = outcome.with({ $0 }) else { fatalError("no outcome") }
        return result
    }
}
