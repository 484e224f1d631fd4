using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace PromptAD.Server.Storage;

/// <summary>Times are UTC wherever they come from; SQLite itself does not say.</summary>
internal sealed class UtcConverter() : ValueConverter<DateTime, DateTime>(
    time => time, time => DateTime.SpecifyKind(time, DateTimeKind.Utc));
