namespace PromptAD.Cli;

/// <summary>The program's exit codes, as the README lists them.</summary>
internal static class ExitCode
{
    /// <summary>All went well.</summary>
    public const int Success = 0;

    /// <summary>Nothing came of it: bad input, or an error on the way.</summary>
    public const int Failure = 1;

    /// <summary>The command line was not understood.</summary>
    public const int Usage = 2;

    /// <summary>The command finished, but some pictures failed or some checks did not hold.</summary>
    public const int Partial = 3;

    /// <summary>All pictures were judged, and one has the verdict that <c>--fail-on</c> names.</summary>
    public const int Rejected = 4;

    /// <summary>Stopped by Ctrl+C.</summary>
    public const int Cancelled = 130;
}
