import CTestSupport
import Glibc
import Kernel
import SystemPackage
import TestSupport
import Testing

@Suite("HostRoot")
struct HostRootTests {
    @Test("a missing file is ENOENT with its path")
    func missing() {
        #expect(throws: OSError(operation: "open", errno: .noSuchFileOrDirectory, subject: "/nonesuch")) {
            try HostRoot.live.text("/nonesuch")
        }
    }

    @Test("an absolute link stays inside a directory root")
    func linksStayInside() throws {
        let directory = try TemporaryDirectory()
        try directory.write("etc/real", "inside")
        #expect(unsafe symlink("/etc/real", "\(directory.path)/etc/link") == 0)
        #expect(unsafe symlink("../../../../etc/passwd", "\(directory.path)/etc/up") == 0)
        let root = HostRoot(directory: directory.path)
        #expect(try root.text("/etc/link") == "inside")
        #expect(try root.linkTarget(of: "/etc/link") == "/etc/real")
        #expect(throws: OSError(operation: "openat2", errno: .noSuchFileOrDirectory, subject: "/etc/up")) {
            try root.text("/etc/up")
        }
        #expect(try root.entries(of: "/etc") == ["link", "real", "up"])
        #expect(!root.isLive)
    }

    @Test("a reading stops at its limit")
    func limit() throws {
        let directory = try TemporaryDirectory()
        try directory.write("big", String(repeating: "x", count: 200_000))
        let root = HostRoot(directory: directory.path)
        #expect(try root.contents(of: "/big", limit: 100).count == 100)
        #expect(try root.contents(of: "/big", limit: 1_000_000).count == 200_000)
    }

    @Test("the live kernel's own words come back")
    func live() throws {
        #expect(try HostRoot.live.text("/proc/sys/kernel/ostype") == "Linux")
        #expect(try HostRoot.live.entries(of: "/proc/self/fdinfo").isEmpty == false)
    }
}
