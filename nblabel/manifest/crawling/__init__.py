"""A folder or an S3 prefix -> DataFrame, as the console's automated data setup makes a manifest of one."""

from nblabel.manifest.crawling.crawl import crawl

__all__ = ["crawl"]
