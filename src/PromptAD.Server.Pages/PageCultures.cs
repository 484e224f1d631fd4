using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Localization;

namespace PromptAD.Server.Pages;

/// <summary>
/// The languages of the page. How they write numbers and times is told here and not asked of ICU, which a plant's computer need not have;
/// without it all cultures are the invariant one.
/// </summary>
public static class PageCultures
{
    /// <summary>The cookie that remembers a choice.</summary>
    public const string Cookie = "promptad-language";

    /// <summary>All languages, the one for all others first.</summary>
    public static IReadOnlyList<CultureInfo> All { get; } =
    [
        Make("en", ".", ",", "d MMM yyyy"),
        Make("de", ",", ".", "dd.MM.yyyy"),
        Make("zh", ".", ",", "yyyy-MM-dd"),
    ];

    /// <summary>The language as documents name it.</summary>
    public static string Tag(CultureInfo culture) => culture.Name == "zh" ? "zh-Hans" : culture.Name;

    /// <summary>The language by its own name, whatever the page's is.</summary>
    public static string NameOf(CultureInfo culture) => culture.Name switch
    {
        "de" => "Deutsch",
        "zh" => "中文",
        _ => "English",
    };

    /// <summary>By the choice that was made, else by what the browser asks for.</summary>
    public static void Configure(RequestLocalizationOptions options)
    {
        options.DefaultRequestCulture = new RequestCulture(All[0]);
        (options.SupportedCultures, options.SupportedUICultures) = ([.. All], [.. All]);
        options.RequestCultureProviders =
        [
            new CookieRequestCultureProvider { CookieName = Cookie },
            new CustomRequestCultureProvider(context => Task.FromResult(Asked(context.Request.Headers.AcceptLanguage.ToString()))),
        ];
    }

    /// <summary>The first language of a browser that is here, of whatever region and script.</summary>
    public static ProviderCultureResult? Asked(string header)
    {
        foreach (string one in header.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string language = one.Split(';')[0].Split('-')[0];
            CultureInfo? known = All.FirstOrDefault(culture => culture.Name.Equals(language, StringComparison.OrdinalIgnoreCase));
            if (known is not null) return new ProviderCultureResult(known.Name);
        }
        return null;
    }

    private static CultureInfo Make(string name, string point, string group, string date)
    {
        var culture = new CultureInfo(name, useUserOverride: false);
        (culture.NumberFormat.NumberDecimalSeparator, culture.NumberFormat.NumberGroupSeparator) = (point, group);
        (culture.NumberFormat.PercentDecimalSeparator, culture.NumberFormat.PercentGroupSeparator) = (point, group);
        (culture.DateTimeFormat.ShortDatePattern, culture.DateTimeFormat.LongTimePattern) = (date, "HH:mm:ss");
        culture.DateTimeFormat.ShortTimePattern = "HH:mm";
        return CultureInfo.ReadOnly(culture);
    }
}
