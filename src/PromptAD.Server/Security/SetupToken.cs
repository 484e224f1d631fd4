using System.Security.Cryptography;
using System.Text;

namespace PromptAD.Server.Security;

/// <summary>The one-time link with which the first administrator is made. It lives as long as this process and is kept nowhere.</summary>
internal sealed class SetupToken
{
    private readonly byte[] token = RandomNumberGenerator.GetBytes(32);

    /// <summary>As it stands in the link.</summary>
    public string Text => Convert.ToHexStringLower(token);

    /// <summary>Whether it was sent.</summary>
    public bool Fits(string? sent) => CryptographicOperations.FixedTimeEquals(
        Encoding.ASCII.GetBytes(Text), Encoding.UTF8.GetBytes(sent ?? ""));
}
