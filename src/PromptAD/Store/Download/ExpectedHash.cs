namespace PromptAD.Store.Download;

/// <summary>A SHA-256, or the start of one, that a file must have.</summary>
internal sealed class ExpectedHash
{
    private const int WholeLength = 64;
    private const int MinimumLength = 8; // fewer digits would let damage pass

    private readonly string digits;

    /// <param name="digits">8 to 64 hexadecimal digits in either case.</param>
    /// <exception cref="PromptADException">They are not.</exception>
    public ExpectedHash(string digits)
    {
        if (digits.Length is < MinimumLength or > WholeLength || !digits.All(char.IsAsciiHexDigit))
            throw new PromptADException(
                Problem.InvalidArgument,
                $"'{digits}' is not a SHA-256. Give its {WholeLength} hexadecimal digits, or at least the first {MinimumLength}.");
        this.digits = digits.ToLowerInvariant();
    }

    /// <summary>Whether all digits are known, so that nobody can make another file that fits; a short start can be met by trying.</summary>
    public bool IsWhole => digits.Length == WholeLength;

    public bool Fits(string sha256) => sha256.StartsWith(digits, StringComparison.Ordinal);

    public override string ToString() => IsWhole ? digits : $"{digits}…";
}
