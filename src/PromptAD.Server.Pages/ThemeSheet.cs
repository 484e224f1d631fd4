using System.Text;
using MudBlazor;

namespace PromptAD.Server.Pages;

/// <summary>
/// MudBlazor's colours and sizes as one style sheet, light and dark by the system or by choice (<c>data-theme</c> of the document).
/// MudBlazor's own way is a style element in the page, which the content policy does not let through.
/// </summary>
public sealed class ThemeSheet : MudThemeProvider
{
    /// <summary>Where it is served.</summary>
    public const string Path = "/theme.css";

    // What the computer before which somebody sits has; none is loaded.
    private const string MudFonts = "Roboto, Helvetica, Arial, sans-serif";
    private const string Fonts =
        "system-ui, 'Segoe UI', Roboto, Helvetica, Arial, 'Noto Sans CJK SC', 'Microsoft YaHei', 'WenQuanYi Micro Hei', sans-serif";

    private static readonly PaletteLight Day = new()
    {
        Primary = "#1f4e8c",
        Secondary = "#4a5a6a",
        Tertiary = "#5b4b8a",
        Info = "#1f4e8c",
        Success = "#1b7f3b",
        Warning = "#8a5a00",
        Error = "#b3261e",
        AppbarBackground = "#12263f",
        AppbarText = "#ffffff",
        Background = "#f3f5f8",
        Surface = "#ffffff",
        TextPrimary = "#16202b",
        TextSecondary = "#4a5663",
        TextDisabled = "#6b7683",
        ActionDefault = "#3a4653",
        Divider = "#c9d1da",
        LinesDefault = "#c9d1da",
        LinesInputs = "#5f6b78",
        TableLines = "#d8dee5",
        TableHover = "#e8eef6",
    };

    private static readonly PaletteLight Night = new()
    {
        Primary = "#8fbcff",
        PrimaryContrastText = "#0b1420",
        Secondary = "#b0bccb",
        Tertiary = "#c3b5f5",
        Info = "#8fbcff",
        Success = "#62d28a",
        SuccessContrastText = "#08130c",
        Warning = "#f2b84b",
        WarningContrastText = "#1d1500",
        Error = "#ff8a80",
        ErrorContrastText = "#260603",
        AppbarBackground = "#0d1724",
        AppbarText = "#eef3f9",
        Background = "#0f1720",
        Surface = "#18232f",
        TextPrimary = "#eef3f9",
        TextSecondary = "#b4c0cd",
        TextDisabled = "#8c99a7",
        ActionDefault = "#c5d0dc",
        ActionDisabled = "#7d8996",
        ActionDisabledBackground = "#263442",
        Divider = "#334252",
        LinesDefault = "#334252",
        LinesInputs = "#8c99a7",
        TableLines = "#2a3948",
        TableHover = "#213040",
        Black = "#000000",
        White = "#ffffff",
    };

    private ThemeSheet(PaletteLight palette)
    {
        var theme = new MudTheme { PaletteLight = palette };
        Theme = theme;
    }

    /// <summary>The style sheet.</summary>
    public static string Text { get; } = Build();

    private static string Build()
    {
        string day = new ThemeSheet(Day).Variables(), night = new ThemeSheet(Night).Variables();
        return $$"""
            :root { color-scheme: light; {{day}} }
            @media (prefers-color-scheme: dark) { :root:not([data-theme=light]) { color-scheme: dark; {{night}} } }
            :root[data-theme=dark] { color-scheme: dark; {{night}} }
            """;
    }

    private string Variables()
    {
        var text = new StringBuilder();
        GenerateTheme(text);
        return text.Replace(MudFonts, Fonts).ToString();
    }
}
