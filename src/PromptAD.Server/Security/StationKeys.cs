using System.Security.Cryptography;
using System.Text;
using PromptAD.Server.Storage;

namespace PromptAD.Server.Security;

/// <summary>
/// How keys look: <c>pad_</c>, an id that may be told, <c>_</c>, and a secret of 256 bits that is kept as its hash alone.
/// </summary>
internal static class StationKeys
{
    private const string Prefix = "pad_";
    private const int SecretDigits = 64;

    /// <summary>A new id and secret.</summary>
    public static (string Id, string Secret) New() => (
        RandomNumberGenerator.GetHexString(KeyRow.IdLength, lowercase: true),
        RandomNumberGenerator.GetHexString(SecretDigits, lowercase: true));

    /// <summary>What the owner gets.</summary>
    public static string Text(string id, string secret) => $"{Prefix}{id}_{secret}";

    /// <summary>Id and secret of what was sent; null where it is no key.</summary>
    public static (string Id, string Secret)? Read(string text)
    {
        bool isKey = text.Length == Prefix.Length + KeyRow.IdLength + 1 + SecretDigits && text.StartsWith(Prefix, StringComparison.Ordinal);
        return isKey ? (text.Substring(Prefix.Length, KeyRow.IdLength), text[^SecretDigits..]) : null;
    }

    /// <summary>What is kept of a secret. It is random and long, so that a plain hash cannot be turned round.</summary>
    public static string HashOf(string secret) => FileStore.HashOf(Encoding.ASCII.GetBytes(secret));

    /// <summary>Whether a secret is the one whose hash is kept; takes the same time whatever is wrong.</summary>
    public static bool Fits(string secret, string hash) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(HashOf(secret)), Encoding.ASCII.GetBytes(hash));
}
