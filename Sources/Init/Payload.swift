internal import Glibc
internal import Kernel
internal import SystemPackage

/// The program that the node is there for (`slipway.payload=PATH`): started when the node is ready, and again when it ends.
struct Payload {
    let path: String
    private var pid: Int32?
    private var due = MonotonicTime.now()
    private var delay = Duration.seconds(1)
    private var started = MonotonicTime.now()

    init(path: String) { self.path = path }

    var isDue: Bool { pid == nil && MonotonicTime.now() >= due }

    /// nil when it runs; else why not.
    mutating func start() -> OSError? {
        var options = ChildProcess.Options()
        options.descriptors = [-1, 1, 2]
        options.environment = ["PATH=/sbin:/bin:/usr/sbin:/usr/bin", "TERM=linux", "HOME=/"]
        options.newSession = true
        started = .now()
        do {
            pid = try ChildProcess.spawn(FilePath(path), [path], options).pid
            return nil
        } catch {
            backOff()
            return error
        }
    }

    /// Whether `pid` was this, which has ended.
    mutating func end(pid: Int32) -> Bool {
        guard pid == self.pid else { return false }
        self.pid = nil
        if MonotonicTime.now().since(started) > .seconds(60) { delay = .seconds(1) }
        backOff()
        return true
    }

    private mutating func backOff() {
        due = MonotonicTime.now().advanced(by: delay)
        delay = min(delay * 2, .seconds(30))
    }
}
