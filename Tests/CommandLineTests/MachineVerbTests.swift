import Documents
import Glibc
import Kernel
import SystemPackage
import TestSupport
import Testing

@Suite("vm run with a wrong word or without its parts")
struct MachineVerbTests {
    /// Each with what the line must say.
    private static let wrong: [([String], String)] = [
        (["--disk", "foo:8G"], "the buses are virtio, virtio-plain, nvme, nvme-ns, ahci"),
        (["--disk", "virtio:8X"], "8G"),
        (["--disk", ""], "the buses are"),
        (["--disk", "nvme-ns:64M"], "nvme before it"),
        (["--disk", "virtio:64M", "--disk", "nvme-ns:64M"], "nvme before it"), (["--disk", ":"], "the buses are"),
        (["--disk", "virtio"], "virtio:8G"),
        (["--disk", "virtio:"], "virtio:8G"), (["--disk", "virtio:99999999999999999999G"], "8G"),
        (["--disk", "virtio:18446744073709551615T"], "8G"), (["--disk", "virtio:8ß"], "8G"),
        (["--disk", "nvme:8G:513"], "512 or 4096"), (["--disk", "ahci:8G:4096"], "nvme"),
        (["--disk", "virtio:8G:512:x"], "virtio:8G"), (["--kernel", "nosuch"], "cloud, generic"),
        (["--kernel", ""], "cloud, generic"), (["--nic", "ne2000"], "virtio, e1000e, vmxnet3"),
        (["--platform", "nosuch"], "metal, aws, gcp, vmware"), (["--firmware", ""], "bios, uefi"),
        (["--memory", "little"], "512M"), (["--memory", ""], "512M"), (["--memory", "1M"], "512M"),
        (["--memory", "8ß"], "512M"), (["--memory", "99999999T"], "512M"), (["--timeout", "0"], "86400"),
        (["--timeout", "nan"], "86400"), (["--timeout", "1e300"], "86400"),
    ]

    @Test("a wrong value is exit 2 in one line that names the right ones, and leaves nothing behind", arguments: wrong)
    func usage(_ words: [String], _ hint: String) throws {
        let cache = try TemporaryDirectory()
        let outcome = try slipway(["vm", "run", "--cache", cache.path.string] + words)
        expectOneLine(outcome, exit: 2, hint)
        #expect(try HostRoot.live.entries(of: cache.path).isEmpty)
    }

    @Test("without an unpacked kernel it is exit 1 in one line that names the next step, and leaves nothing behind")
    func noKernel() throws {
        let cache = try TemporaryDirectory()
        for (words, step) in [([], "Scripts/kernel cloud"), (["--disk", "ahci:1G"], "Scripts/kernel generic")] {
            expectOneLine(try slipway(["vm", "run", "--cache", cache.path.string] + words), exit: 1, step)
        }
        let absent = "\(cache.path)/absent"
        expectOneLine(try slipway("vm run --cache \(absent)"), exit: 1, "Scripts/kernel cloud")
        let json = try slipway("vm run --json --cache \(absent)")
        #expect(json.status == .exited(1) && json.output.isEmpty)
        #expect(try json.errorDocument?["hint"]?.string?.contains("Scripts/kernel cloud") == true)
        #expect(try HostRoot.live.entries(of: cache.path).isEmpty)
    }

    @Test("an image that is not there is exit 1 in one line that names the next step")
    func noImage() throws {
        let cache = try TemporaryDirectory()
        try run(
            "ln -s \(FilePath(#filePath).removingLastComponent().appending("../../.cache/kernels").string) \(cache.path)/kernels"
        )
        let outcome = try slipway("vm run --image /nonesuch --cache \(cache.path)")
        #expect(outcome.status == .exited(1) && outcome.output.isEmpty)
        let lines = outcome.errors.split(separator: "\n").filter { !$0.hasPrefix("==>") }
        #expect(lines.count == 1 && outcome.errors.contains("/nonesuch") && outcome.errors.contains("image build"))
    }

    @Test(
        "without QEMU it is exit 1 in one line that names its package",
        .enabled(if: getuid() == 0, "needs a mount namespace"))
    func noQEMU() throws {
        let cache = try TemporaryDirectory()
        // Nothing that can be run lies over the program, in this namespace alone.
        let script = """
            for place in /usr/bin /usr/local/bin; do
              [ -e $place/qemu-system-x86_64 ] && mount --bind /dev/null $place/qemu-system-x86_64
            done
            exec "$@"
            """
        let program = try builtProduct(named: "slipway").string
        let outcome = try attempt(
            "unshare", ["-m", "sh", "-c", script, "sh", program, "vm", "run", "--cache", cache.path.string])
        expectOneLine(outcome, exit: 1, "QEMU is not installed", "qemu-system-x86", "make setup")
        #expect(try HostRoot.live.entries(of: cache.path).isEmpty)
    }

    @Test("without the metadata server's program it is exit 1 in one line that names the build")
    func noServer() throws {
        let directory = try TemporaryDirectory()
        try run("cp \(builtProduct(named: "slipway")) \(directory.path)/slipway")
        let outcome = try attempt("\(directory.path)/slipway vm run --cache \(directory.path)/cache")
        expectOneLine(outcome, exit: 1, "make build")
        #expect(try HostRoot.live.entries(of: directory.path) == ["slipway"])
    }
}
