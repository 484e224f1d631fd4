using System.Reflection;
using System.Resources;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Mono.Cecil;
using Mono.Cecil.Cil;
using PromptAD.Server.Pages;

namespace PromptAD.Server.Tests.Pages;

/// <summary>The words of the page: all of them in the resources, and in every language.</summary>
public sealed partial class WordTests
{
    private static readonly Assembly Pages = typeof(App).Assembly;

    private static readonly string[] Shown = ["alt", "title", "placeholder", "aria-label", "Label", "HelperText", "Text", "Title"];

    private static string Source { get; } = FindSource();

    [Theory]
    [InlineData("de")]
    [InlineData("zh")]
    public void Every_language_has_every_word_with_the_same_places(string language)
    {
        Dictionary<string, string> english = Read("Words.resx"), other = Read($"Words.{language}.resx");

        Assert.Equal(english.Keys.Order(StringComparer.Ordinal), other.Keys.Order(StringComparer.Ordinal));
        foreach ((string key, string text) in english)
        {
            Assert.False(string.IsNullOrWhiteSpace(other[key]), key);
            Assert.True(PlacesOf(text).SequenceEqual(PlacesOf(other[key])), $"{key}: '{text}' and '{other[key]}' take other values");
        }
        // They differ but for what is written the same everywhere.
        Assert.InRange(english.Count(one => other[one.Key] == one.Value), 0, 20);
    }

    [Fact]
    public void The_built_page_finds_each_language()
    {
        var manager = new ResourceManager(typeof(Server.Pages.Words));
        Assert.Equal(
            ["Sign out", "Abmelden", "退出"], PageCultures.All.Select(culture => manager.GetString("SignOut", culture)));
    }

    [Fact]
    public void No_component_holds_text_of_its_own() => Assert.Empty(TextsOf(Pages.Location));

    [Fact]
    public void Text_of_its_own_is_found() => Assert.Equal(
        ["free", "a picture", "written", "a title"], TextsOf(typeof(Wordy).Assembly.Location, nameof(Wordy)));

    [Fact]
    public void No_word_is_missing_or_unused()
    {
        Dictionary<string, string> words = Read("Words.resx");
        string[] sources = [.. Directory.GetFiles(Source, "*.razor", SearchOption.AllDirectories).Concat(Directory.GetFiles(Source, "*.cs", SearchOption.AllDirectories)).Select(File.ReadAllText)];
        string[] asked = [.. sources.SelectMany(text => WordKey().Matches(text)).Select(one => one.Groups[1].Value)];
        string[] named = [.. sources.SelectMany(text => QuotedWord().Matches(text)).Select(one => one.Groups[1].Value)];

        Assert.True(asked.Length > 50);
        Assert.Empty(asked.Except(words.Keys));
        // Put together from what a review says.
        string[] made = ["Good", "Defect", "ReviewedGood", "ReviewedDefect"];
        Assert.Empty(words.Keys.Except(named).Except(made));
    }

    /// <summary>What components write that comes from no expression, read from what the compiler made of them.</summary>
    private static IEnumerable<string> TextsOf(string assembly, string? type = null)
    {
        using var module = Mono.Cecil.ModuleDefinition.ReadModule(assembly);
        foreach (MethodDefinition method in module.GetTypes().Where(one => type is null || one.Name == type).SelectMany(one => one.Methods).Where(one => one.HasBody))
        {
            foreach (Instruction call in method.Body.Instructions)
            {
                if (call.Operand is not MethodReference { DeclaringType.Name: "RenderTreeBuilder" } called) continue;
                string? last = call.Previous?.Operand as string, name = call.Previous?.Previous?.Operand as string;
                if (call.Previous?.OpCode == OpCodes.Call) (last, name) = (call.Previous.Previous?.Operand as string, call.Previous.Previous?.Previous?.Operand as string);
                IEnumerable<string> texts = called.Name switch
                {
                    "AddContent" or "AddMarkupContent" when last is not null => ReadMarkup(last),
                    "AddAttribute" or "AddComponentParameter" when last is not null && name is not null && Shown.Contains(name) => [last],
                    _ => [],
                };
                foreach (string text in texts.Where(one => one.Any(char.IsLetter))) yield return text.Trim();
            }
        }

        static IEnumerable<string> ReadMarkup(string markup) =>
            [Tag().Replace(markup, " "), .. ShownAttribute().Matches(markup).Select(one => one.Groups[1].Value)];
    }

    private static Dictionary<string, string> Read(string file) =>
        System.Xml.Linq.XDocument.Load(Path.Combine(Source, "Resources", file)).Root!.Elements("data")
            .ToDictionary(one => one.Attribute("name")!.Value, one => one.Element("value")!.Value, StringComparer.Ordinal);

    private static string[] PlacesOf(string text) => [.. Place().Matches(text).Select(one => one.Value).Distinct().Order(StringComparer.Ordinal)];

    private static string FindSource()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string source = Path.Combine(folder.FullName, "src", Pages.GetName().Name!);
            if (Directory.Exists(source)) return source;
        }
        throw new DirectoryNotFoundException("The sources of the page lie nowhere above the test.");
    }

    [GeneratedRegex(@"\{\d+\}")]
    private static partial Regex Place();

    [GeneratedRegex("\"([A-Z][A-Za-z]+)\"")]
    private static partial Regex QuotedWord();

    [GeneratedRegex("""\bW\["([A-Za-z]+)"[],]""")]
    private static partial Regex WordKey();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex("""\b(?:alt|title|placeholder|aria-label)="([^"]*)["]""")]
    private static partial Regex ShownAttribute();

    /// <summary>A component that does what none may.</summary>
    private sealed class Wordy : ComponentBase
    {
        protected override void BuildRenderTree(RenderTreeBuilder builder)
        {
            builder.AddMarkupContent(0, "<p>free</p>");
            builder.OpenElement(1, "img");
            builder.AddAttribute(2, "alt", "a picture");
            builder.AddAttribute(3, "class", "no text");
            builder.CloseElement();
            builder.AddContent(4, "written");
            builder.AddMarkupContent(5, "<p title=\"a title\">5</p>");
        }
    }
}
