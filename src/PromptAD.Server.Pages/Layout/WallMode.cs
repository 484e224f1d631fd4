using Microsoft.AspNetCore.WebUtilities;

namespace PromptAD.Server.Pages.Layout;

/// <summary>The display on the wall of a hall: the page without menus, asked for by <c>?wall</c> in its address.</summary>
public static class WallMode
{
    /// <summary>The word in the address.</summary>
    public const string Word = "wall";

    /// <summary>Whether an address asks for it.</summary>
    public static bool IsOn(string address) => QueryHelpers.ParseQuery(new Uri(address).Query).ContainsKey(Word);
}
