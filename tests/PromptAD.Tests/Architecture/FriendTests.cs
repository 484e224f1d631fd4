using System.Xml.Linq;

namespace PromptAD.Tests.Architecture;

/// <summary>What is shipped uses what is shipped as everybody else does: by its public API.</summary>
public sealed class FriendTests
{
    [Fact]
    public void No_shipped_assembly_is_a_friend_of_another()
    {
        string[] projects = [.. Directory.EnumerateFiles(Path.Combine(SourceTree.Root, "src"), "*.csproj", SearchOption.AllDirectories)];
        HashSet<string?> shipped = [.. projects.Select(Path.GetFileNameWithoutExtension)];

        Assert.Contains("PromptAD.Cli", shipped);
        Assert.Empty(
            from project in projects
            from friend in XDocument.Load(project).Descendants("InternalsVisibleTo").Select(item => (string?)item.Attribute("Include"))
            where shipped.Contains(friend)
            select $"{Path.GetFileName(project)}: {friend}");
        Assert.DoesNotContain(SourceTree.Read("src"), file => file.Text.Contains("InternalsVisibleTo", StringComparison.Ordinal));
    }
}
