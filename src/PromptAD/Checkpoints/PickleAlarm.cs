namespace PromptAD.Checkpoints;

/// <summary>
/// Tells the names that a pickle asks for in order to run something from those of data. Nothing would be run either way; but a file that
/// tries is not to be trusted in anything else, and whoever has it should know.
/// </summary>
internal static class PickleAlarm
{
    private static readonly HashSet<string> Modules =
    [
        "os", "posix", "nt", "sys", "subprocess", "commands", "popen2", "pty", "shutil", "socket", "ctypes", "cffi", "signal",
        "importlib", "imp", "runpy", "code", "codeop", "pdb", "bdb", "trace", "timeit", "profile", "cProfile", "gc",
        "pickle", "_pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve",
        "urllib", "urllib2", "requests", "http", "httplib", "ftplib", "smtplib", "webbrowser", "asyncio", "multiprocessing",
        "tempfile", "zipimport", "pkgutil", "pip", "setuptools",
    ];

    private static readonly HashSet<string> Builtins =
    [
        "eval", "exec", "execfile", "compile", "open", "file", "input", "raw_input", "breakpoint", "globals", "locals", "vars",
        "setattr", "delattr", "memoryview", "apply",
    ];

    private static readonly HashSet<string> OfTorch =
    [
        "torch.load", "torch.save", "torch.compile", "torch.serialization.load", "torch.jit.load", "torch.package", "torch.hub",
        "torch.utils.cpp_extension", "torch.utils.model_zoo", "torch.distributed.rpc", "torch.ops", "torch.classes",
        "torch._inductor", "torch.fx",
    ];

    /// <summary>Whether only an attack asks for the name.</summary>
    public static bool IsRaisedBy(string module, string name)
    {
        string[] parts = [.. module.Split('.'), .. name.Split('.')];
        if (Modules.Contains(parts[0])) return true;
        if (parts[0] is "builtins" or "__builtin__" && (parts.Length != 2 || Builtins.Contains(parts[1]))) return true;
        if (OfTorch.Any(prefix => $"{module}.{name}.".StartsWith(prefix + '.', StringComparison.Ordinal))) return true;
        if (parts is ["copyreg" or "copy_reg", _]) return false; // how Python itself makes objects
        // Ways from an object to the interpreter, such as __globals__. A script's own classes lie in __main__, TorchScript's in __torch__.
        string[] inner = parts[0] is "__main__" or "__mp_main__" or "__builtin__" or "__torch__" ? parts[1..] : parts;
        return inner.Any(part => part.StartsWith("__", StringComparison.Ordinal) && part.EndsWith("__", StringComparison.Ordinal));
    }
}
