import Kernel
import KernelModules
import SystemPackage
import TestSupport

/// What Debian's modprobe would do about `alias` on this kernel: `insmod PATH OPTIONS` and `builtin NAME` lines, in its order.
///
/// Both sides ask libkmod, and libkmod asks the *running* system's `/sys/module` what is there already, whatever tree it reads. So
/// the same host answers for both; but `--show-depends` implies `--ignore-loaded`, and ours leaves out what is live: what
/// `/sys/module/NAME/initstate` calls `live` is taken out of modprobe's answer, by a reading of our own.
func modprobe(_ alias: String, _ kernel: CachedKernel, _ arguments: [String] = []) throws -> [String] {
    let all = arguments + ["-d", kernel.root.string, "-S", kernel.version, "--show-depends", "--", alias]
    let root = HostRoot.live
    return try attempt("modprobe", all).lines.compactMap { line -> String? in
        guard line.hasPrefix("insmod ") else { return nil }
        let words = line.dropFirst("insmod ".count).split(separator: " ").map { String($0) }
        let name = String(
            (FilePath(words[0]).lastComponent?.string ?? "").prefix { $0 != "." }.map { $0 == "-" ? "_" : $0 })
        if root.textIfPresent(FilePath("/sys/module/\(name)/initstate")) == "live" { return nil }
        return words.joined(separator: " ")
    }
}

extension ModuleIndex.Step {
    /// As modprobe prints it after `insmod`.
    var line: String { options.isEmpty ? path.string : "\(path) \(options)" }
}
